"""What `selfcheck` says of the signed lists, as a start of the service would find them."""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent.backends.select_process import started_at
from lamplighter_agent.check import probe, problems
from lamplighter_agent.config import load
from lamplighter_agent.policy import WAITING
from lamplighter_agent.status import write

from tests.support.bundled import ONE_WORD
from tests.support.identities import enrolled, issued_by
from tests.support.school import SchoolAuthority


def told(folder: Path) -> list[dict[str, str]]:
    config = folder / "agent.toml"
    config.write_text(f'[paths]\nstate = "{folder / "state"}"\nruntime = "{folder / "run"}"\n')
    return [one for one in problems(config) if one["what"] == "bundle"]


def test_sound_lists_need_no_attention(tmp_path: Path) -> None:
    enrolled(tmp_path / "state", keywords=ONE_WORD)
    assert told(tmp_path) == []


def test_a_device_that_is_not_enrolled_has_that_to_see_to_first(tmp_path: Path) -> None:
    assert told(tmp_path) == []


def test_lists_that_have_not_come_or_are_damaged_are_named(tmp_path: Path) -> None:
    enrolled(tmp_path / "state", keywords=ONE_WORD)
    (tmp_path / "state" / "bundles" / "current").write_bytes(b"x")
    assert [one["reason"] for one in told(tmp_path)] == ["the file is damaged"]
    shutil.rmtree(tmp_path / "state" / "bundles")
    assert [one["reason"] for one in told(tmp_path)] == [WAITING]


def test_an_identity_without_a_root_can_only_be_made_anew(tmp_path: Path) -> None:
    enrolled(tmp_path / "state", replace(issued_by(SchoolAuthority()), roots=()), keywords=ONE_WORD)
    (found,) = told(tmp_path)
    assert found["remedy"] == "enrol this device again"


def test_a_device_where_nobody_keeps_sessions_is_told_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    config = tmp_path / "agent.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path / "state"}"\nruntime = "{tmp_path / "run"}"\n')
    (found,) = (one for one in problems(config) if one["what"] == "LoginManager")
    assert found["reason"] == "there is no system bus"
    assert "[desktop]" in found["remedy"]


def test_an_enrolled_device_is_named_though_no_service_runs(tmp_path: Path) -> None:
    identity = enrolled(tmp_path / "state", keywords=ONE_WORD)
    config = tmp_path / "agent.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path / "state"}"\nruntime = "{tmp_path / "run"}"\n')
    found = probe(load(config))
    assert found["enrolment"] == {
        "asset_tag": identity.asset_tag,
        "certificate_until": identity.until.isoformat(timespec="seconds"),
    }
    assert found["boundary"]["detail"].startswith("once the service runs: ")


def test_an_enrolled_device_needs_a_service_and_what_that_says_does_not_work(tmp_path: Path) -> None:
    def told_of_service() -> list[str]:
        return [one["what"] for one in problems(config) if one["what"] in {"service", "guard"}]

    enrolled(tmp_path / "state", keywords=ONE_WORD)
    config = tmp_path / "agent.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path / "state"}"\nruntime = "{tmp_path / "run"}"\n')
    assert told_of_service() == ["service"]
    guard = {"sensor": "guard", "working": False, "reason": "no rule", "remedy": "install it"}
    file = load(config).status_file
    file.parent.mkdir(exist_ok=True)
    content: dict[str, Any] = {"pid": os.getpid(), "started_ticks": started_at(os.getpid()), "sessions": []}
    write(file, content | {"media": guard | {"working": True, "guard": guard}})
    assert told_of_service() == ["guard"]


def test_what_is_left_to_enrol_with_needs_a_service_too(tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path / "state"}"\nruntime = "{tmp_path / "run"}"\n')
    assert "service" not in [one["what"] for one in problems(config)]
    (tmp_path / "enrolment.toml").touch()
    (found,) = (one for one in problems(config) if one["what"] == "service")
    assert (found["reason"], "start the service" in found["remedy"]) == ("the service does not run", True)
