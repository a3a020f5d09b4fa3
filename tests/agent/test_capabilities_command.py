import json
from pathlib import Path

from lamplighter_agent.capabilities import Capability
from lamplighter_agent.capabilities_command import table
from lamplighter_agent.commands import app
from typer.testing import CliRunner


def test_what_can_be_seen_is_told_though_no_service_runs(tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path / "state"}"\nruntime = "{tmp_path / "run"}"\n')
    done = CliRunner().invoke(app, ["capabilities", "--config", str(config), "--json"])
    assert done.exit_code == 0
    assert [one["name"] for one in json.loads(done.stdout)] == ["sessions", "portable media", "place"]
    plain = CliRunner().invoke(app, ["capabilities", "--config", str(config)])
    assert "what this device lets us see" in plain.stdout


def test_each_has_a_row() -> None:
    assert table([Capability(name="keys", works=True), Capability(name="text", works=False)]).row_count == 2
