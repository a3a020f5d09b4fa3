"""What `selfcheck` says of the engine and of the rules for portable media: a real clamd, well and not."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import _gate_check
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.config import MediaConfig
from lamplighter_agent.media.scan.outcome import ScanLimits
from lamplighter_agent.media_check import GUARD, SCANNER, looked_at

from tests.support.clamav import CONFIGURATION, Clamd, running_clamd
from tests.support.media_world import UDEV_RULES, media_world


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    with running_clamd() as running:
        yield running


async def scanner(
    socket: Path, *, within_s: float = 30.0, rules: Path | None = None, limits: ScanLimits | None = None
) -> SensorState:
    config = MediaConfig(clamd=socket, rules=rules)
    (found,) = await looked_at(config, running=True, limits=limits, within_s=within_s)
    assert found.sensor == SCANNER
    return found


async def test_a_fit_engine_is_well_and_says_what_its_signatures_are_of(clamd: Clamd) -> None:
    found = await scanner(clamd.socket)
    assert (found.working, found.reason, found.remedy) == (True, "", "")
    assert "signatures of 20" in found.backend


async def test_its_signatures_are_judged_by_the_school_s_days(clamd: Clamd) -> None:
    found = await scanner(clamd.socket, limits=ScanLimits(stale_days=-2))
    assert (found.working, found.reason) == (False, "the signatures are too old")


async def test_an_engine_that_is_not_there_or_hangs_is_told_with_what_to_do(
    clamd: Clamd, tmp_path: Path
) -> None:
    found = await scanner(tmp_path / "none")
    assert (found.working, found.reason.partition(":")[0]) == (False, "engine missing")
    assert "start clamav-daemon" in found.remedy
    clamd.pause()
    try:
        found = await scanner(clamd.socket, within_s=0.5)
    finally:
        clamd.go_on()
    assert (found.working, found.reason) == (False, "does not answer")
    assert "restart" in found.remedy


async def test_an_engine_that_lets_pass_what_it_can_t_look_into_is_told() -> None:
    with running_clamd(configuration={**CONFIGURATION, "AlertExceedsMax": "no"}) as lax:
        found = await scanner(lax.socket)
    assert (found.working, found.reason) == (False, "the engine says clean to what it did not look into")
    assert "AlertExceedsMax" in found.remedy


async def test_rules_of_the_school_that_can_t_be_read_are_told(clamd: Clamd, tmp_path: Path) -> None:
    (tmp_path / "ours.yar").write_text("rule {", encoding="utf-8")
    found = await scanner(clamd.socket, rules=tmp_path)
    assert (found.working, found.reason) == (False, "the school's YARA rules can't be read")
    assert "YARA" in found.remedy


async def test_without_a_service_the_system_s_rules_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_gate_check, "UDEV_FOLDERS", (tmp_path,))
    _, guard = await looked_at(MediaConfig(clamd=tmp_path / "none"), running=False)
    assert (guard.sensor, guard.working) == (GUARD, False)
    assert guard.reason == "udev's rule for portable media is missing"
    assert guard.remedy == (
        "install the agent's package again; without one, copy 72-lamplighter-media.rules to "
        "/usr/lib/udev/rules.d and run udevadm control --reload"
    )


@pytest.mark.media
@pytest.mark.machine
@pytest.mark.parametrize("installed", [True, False])
def test_selfcheck_says_whether_the_rules_are_there_and_polkit_goes_by_them(
    tmp_path: Path, *, installed: bool
) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path / "state"}"\nruntime = "{tmp_path / "run"}"\n')
    with media_world(tmp_path, rules=installed) as world:
        if not installed:
            # Without udev's, that alone would be told.
            world.run("cp", str(UDEV_RULES), "/etc/udev/rules.d/", check=True)
        command = [sys.executable, "-m", "lamplighter_agent", "selfcheck", "--config", str(config), "--json"]
        told = json.loads(world.run(*command))["problems"]
    said = [(one["reason"], one["remedy"]) for one in told if one["what"] == GUARD]
    remedy = (
        "install the agent's package again; without one, copy 10-lamplighter-media.rules to "
        "/usr/share/polkit-1/rules.d"
    )
    missing = ("polkit's rule for portable media is missing", remedy)
    assert said == ([] if installed else [missing])
