import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent.commands import app
from lamplighter_agent.config import load
from lamplighter_agent.sole import sole_user
from lamplighter_agent.storage import stored_by
from typer.testing import CliRunner

from tests.support.unprivileged import UNPRIVILEGED


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "agent.toml"
    path.write_text(f'[paths]\nstate = "{tmp_path / "state"}"\nruntime = "{tmp_path / "run"}"\n')
    stored = stored_by(load(path))
    stored.keys.device_key()
    stored.spool.mkdir()
    (stored.spool / "1").write_bytes(b"sealed")
    return path


def test_all_that_was_stored_is_gone_and_the_settings_stay(config: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["erase", "--config", str(config)])
    assert (done.exit_code, "enrolled anew" in done.stdout) == (0, True)
    assert not (tmp_path / "state").exists()
    assert config.exists()


def test_the_settings_go_where_that_is_asked_for_and_nothing_left_is_no_fault(config: Path) -> None:
    said = []
    for _ in range(2):
        done = CliRunner().invoke(app, ["erase", "--config", str(config)])
        assert done.exit_code == 0
        said.append(done.stdout.partition(" ")[0])
    assert said == ["erased:", "nothing"]
    assert CliRunner().invoke(app, ["erase", "--settings", "--config", str(config)]).exit_code == 0
    assert not config.exists()


@pytest.mark.fault
def test_settings_that_can_t_be_removed_are_named(config: Path) -> None:
    folder = config.with_name("config")
    folder.mkdir(mode=0o755)
    settings = config.rename(folder / "agent.toml")
    folder.chmod(0o555)
    command = [sys.executable, "-m", "lamplighter_agent", "erase", "--settings", "--config", str(settings)]
    done = subprocess.run([*UNPRIVILEGED, *command], capture_output=True, text=True, check=False)
    folder.chmod(0o755)
    assert (done.returncode, done.stderr) == (
        2,
        "lamplighter-agent: --settings: can't be removed: Permission denied\n",
    )
    assert settings.exists()


def test_what_a_running_service_uses_is_not_touched(config: Path, tmp_path: Path) -> None:
    before = (tmp_path / "state" / "keys").stat().st_mtime_ns
    with sole_user(tmp_path / "state"):
        done = CliRunner().invoke(app, ["erase", "--settings", "--config", str(config)])
    assert "another service uses it" in str(done.exception)
    assert (tmp_path / "state" / "keys").stat().st_mtime_ns == before
    assert (tmp_path / "state" / "spool" / "1").exists()
    assert config.exists()
