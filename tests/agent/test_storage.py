from pathlib import Path

from lamplighter_agent.config import parse
from lamplighter_agent.storage import stored_by


def test_everything_that_an_end_erases_is_in_the_state_folder_and_nothing_is_made(tmp_path: Path) -> None:
    found = stored_by(parse({"paths": {"state": str(tmp_path / "state")}}))
    assert found.spool.parent == found.counts.parent == found.state == tmp_path / "state"
    assert not found.state.exists()
    assert len(found.keys.device_key()) == 32
    assert [path.name for path in found.state.iterdir()] == ["keys"]
