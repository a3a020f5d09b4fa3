"""What is missing for the gate, before anybody is asked; the whole of it runs in test_media_guard.py."""

import grp
import os
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import _gate_check, _udev_daemon
from lamplighter_agent.backends.linux._release_files import ReleaseFiles
from lamplighter_agent.errors import BackendUnavailable

from tests.support.sources import ROOT

MINE = grp.getgrgid(os.getgid()).gr_name


async def refusal(tmp_path: Path) -> str:
    with pytest.raises(BackendUnavailable) as refused:
        await _gate_check.check(ReleaseFiles(tmp_path, MINE))
    assert refused.value.remedy
    return refused.value.reason


@pytest.fixture(autouse=True)
def _whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which all is there, in files."""
    rules = tmp_path / "rules.d"
    rules.mkdir()
    (rules / _gate_check.UDEV_RULE).touch()
    (tmp_path / "block" / "sda").mkdir(parents=True)
    (tmp_path / "block" / "sda" / "diskseq").touch()
    monkeypatch.setattr(_gate_check, "UDEV_FOLDERS", (rules,))
    monkeypatch.setattr(_gate_check, "BLOCKS", tmp_path / "block")
    monkeypatch.setattr(os, "geteuid", lambda: 0)


async def test_an_ordinary_user_guards_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert await refusal(tmp_path) == "the service does not run as root"


async def test_a_kernel_that_does_not_number_media_is_named(tmp_path: Path) -> None:
    (tmp_path / "block" / "sda" / "diskseq").unlink()
    assert await refusal(tmp_path) == "this kernel does not number media"


async def test_where_sys_is_missing_the_kernel_is_not_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_gate_check, "BLOCKS", tmp_path / "sys/class/block")
    assert (
        await refusal(tmp_path)
        == f"nothing is in {tmp_path}/sys/class/block, where the kernel tells of media"
    )


async def test_a_missing_rule_of_udev_is_named(tmp_path: Path) -> None:
    (tmp_path / "rules.d" / _gate_check.UDEV_RULE).unlink()
    assert await refusal(tmp_path) == "udev's rule for portable media is missing"


async def test_udev_that_does_not_run_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_udev_daemon, "SOCKET", str(tmp_path / "control"))
    assert await refusal(tmp_path) == "udev's daemon does not run"


def test_the_rules_that_are_asked_for_are_those_that_are_shipped_and_the_page_by_hand_has_them() -> None:
    by_hand = (ROOT / "installers/linux/README.md").read_text()
    for kind, rule in (("udev", _gate_check.UDEV_RULE), ("polkit", _gate_check.POLKIT_RULE)):
        assert (ROOT / "installers/linux" / kind / rule).is_file()
        assert f"installers/linux/{kind}/{rule}" in by_hand
        assert f"dist/media/{rule}" in by_hand


async def test_who_only_looks_is_told_of_the_same_and_that_polkit_answers_root_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_gate_check, "udev_runs", lambda: True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(BackendUnavailable) as refused:
        await _gate_check.in_place()
    assert (refused.value.reason, refused.value.remedy) == ("only root may ask polkit", "run this as root")
    (tmp_path / "rules.d" / _gate_check.UDEV_RULE).unlink()
    with pytest.raises(BackendUnavailable) as refused:
        await _gate_check.in_place()
    assert refused.value.reason == "udev's rule for portable media is missing"
