"""The demo's device really enrols, by the verbs that a technician uses."""

import stat
import sys
from pathlib import Path

import pytest

from installers.quickstart.enrolment import enrol, token
from tests.support.collector import Collector

AGENT = [sys.executable, "-m", "lamplighter_agent"]


def test_a_token_of_the_collector_enrols_the_device(tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path}/agent"\nruntime = "{tmp_path}/run"\n')
    with Collector(tmp_path) as collector:
        issued = token(collector.config, asset_tag="AV-1", attester="Ada Quill")
        enrol(AGENT, config, issued, asset_tag="AV-1")
        (entry,) = collector.report("devices list")
        assert (entry["device"], entry["state"]) == ("AV-1", "enrolled")
        with pytest.raises(RuntimeError, match="as often as it may be"):
            enrol(AGENT, config, issued, asset_tag="AV-1")
        with pytest.raises(RuntimeError, match="asset tag"):
            enrol(AGENT, config, token(collector.config, asset_tag="AV-2", attester="A"), asset_tag="AV-1")
    key = tmp_path / "agent" / "identity" / "key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_without_a_collector_the_reason_is_told(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    collector.write_config()
    with pytest.raises(RuntimeError, match="no token was issued"):
        token(collector.config, asset_tag="AV-1", attester="Ada Quill")
