"""A device joins, keeps its certificate alive, and ends: real processes, real certificates, real words."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.enrolment.identity import IdentityStore
from lamplighter_agent.spool.entry import SpoolSettings
from lamplighter_agent.spool.sealer import Sealer
from lamplighter_agent.spool.spool import Spool

from installers.quickstart.enrolment import enrol, token
from tests.journeys.stack import SETTING, Stack
from tests.support.listed import Listed, listed
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

LIFE_SECONDS = 16
# The collector with certificates that end while a test looks on.
SHORT_LIVED_PROGRAM = f"""
from lamplighter_collector.enrolment import authority
authority.DEVICE_DAYS = {LIFE_SECONDS} / 86400
from lamplighter_collector.__main__ import main
main()
"""
SHORT_LIVED = (sys.executable, "-c", SHORT_LIVED_PROGRAM)
# The library alone: its own command would stay between us and the service.
(FAKE_TIME,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
FAKE_CLOCK = ("env", f"LD_PRELOAD={FAKE_TIME}", "FAKETIME=+730d", "FAKETIME_DONT_FAKE_MONOTONIC=1")


def sentence(stack: Stack, sentences: Iterator[Listed]) -> str:
    """Type a listed sentence alone in its field; return its term."""
    one = next(sentences)
    stack.desktop.key("ctrl+a")
    stack.desktop.type_text(one.sentence + " ")
    return one.term


def terms(stack: Stack) -> list[str]:
    return [found["term"] for found in stack.read("detections") if found["term"]]


def enrolment(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = stack.status().get("enrolment", {})
    return found


def page(stack: Stack) -> str:
    return (stack.state / "what-this-device-checks.html").read_text(encoding="utf-8")


def live_records(spool: Path, keys: Path) -> int:
    """Open a copy of a spool with the keys of a folder; return how many records open."""
    opened = Spool.open(
        spool,
        sealer=Sealer.from_store(FileKeyStore(keys)),
        clock=SystemClock(),
        settings=SpoolSettings(organisation=SETTING.organisation),
    )
    try:
        return opened.figures().live_records
    finally:
        opened.close()


def until(
    stack: Stack, condition: Callable[[dict[str, Any]], object], what: str, seconds: float = 60
) -> None:
    assert stack.service is not None
    service = stack.service

    def look() -> bool:
        assert service.poll() is None, "the service ended"
        return bool(condition(stack.status()))

    wait_for(look, what, seconds=seconds)


def is_over(found: dict[str, Any]) -> bool:
    ended = found.get("enrolment", {}).get("ended")
    return bool(not found.get("sensing") and ended and ended["erased"] and found.get("sessions"))


@pytest.mark.parametrize(("verb", "reason"), [("revoke", "device-revoked"), ("retire", "device-retired")])
def test_a_device_that_is_taken_out_while_sensing_stops_erases_and_stays_ended(
    stack: Stack, verb: str, reason: str
) -> None:
    sentences = iter(listed())
    stack.start_service()
    stack.desktop.open_gtk_entry("Notes")
    first = sentence(stack, sentences)
    wait_for(lambda: first in terms(stack), "the first word at the collector", seconds=60, step=0.2)

    stack.tell_collector("devices", verb, SETTING.asset_tag, "--why", "stolen")
    told = time.monotonic()
    until(stack, lambda found: not found.get("sensing"), "sensing stopped", seconds=5)
    assert time.monotonic() - told < 5
    until(stack, is_over, "everything erased")
    assert enrolment(stack)["ended"]["reason"] == reason
    assert not (stack.state / "spool").exists()
    assert not (stack.state / "keys" / "device.key").exists()
    wait_for(lambda: "Checking has ended on this device" in page(stack), "the page says so")

    late = sentence(stack, sentences)
    assert stack.stop_service() == 0
    assert "Checking has ended on this device" in page(stack)
    stack.begin_service()
    until(stack, is_over, "ended after a restart")
    until(stack, lambda found: found["sessions"][0]["indicator_shown"], "the strip")
    assert not stack.status()["sensing"]

    stack.enrol()
    until(stack, lambda found: found.get("sensing"), "sensing again", seconds=60)
    assert enrolment(stack)["ended"] is None
    again = sentence(stack, sentences)
    wait_for(lambda: again in terms(stack), "a word after the new enrolment", seconds=60, step=0.2)
    assert late not in terms(stack)
    assert "Checking is on now" in page(stack)


def test_a_copy_of_the_spool_made_before_can_t_be_opened_with_what_is_left(
    stack: Stack, tmp_path: Path
) -> None:
    sentences = iter(listed())
    stack.start_service()
    stack.desktop.open_gtk_entry("Notes")
    stack.children.kill(stack.collector.process)
    for _ in range(3):
        sentence(stack, sentences)
    until(stack, lambda found: found["spool"]["records"] >= 3, "words that wait")
    copy, control = tmp_path / "copy", tmp_path / "control"
    shutil.copytree(stack.state / "spool", copy)
    shutil.copytree(stack.state / "spool", control / "spool")
    shutil.copytree(stack.state / "keys", control / "keys")

    stack.tell_collector("devices", "revoke", SETTING.asset_tag, "--why", "stolen")
    stack.restart_collector()
    until(stack, is_over, "ended when it heard of it", seconds=60)
    assert not terms(stack)
    # The control: with the key that was there before, the same copy opens.
    assert live_records(control / "spool", control / "keys") >= 3
    left = tmp_path / "left"
    shutil.copytree(stack.state, left, ignore=shutil.ignore_patterns("service.lock"))
    assert live_records(copy, left / "keys") == 0


def test_certificates_are_renewed_and_no_word_is_lost(stack: Stack) -> None:
    sentences = iter(listed())
    stack.restart_collector(program=SHORT_LIVED)
    stack.enrol()
    first = until_of(stack)
    stack.start_service()
    stack.desktop.open_gtk_entry("Notes")
    typed: list[str] = []
    renewals: set[str] = set()
    deadline = time.monotonic() + 90
    while len(renewals) < 3:
        assert time.monotonic() < deadline, enrolment(stack)
        typed.append(sentence(stack, sentences))
        renewals |= {until_of(stack)} - {first}
    found = wait_for(lambda: all_of(stack, typed), "every word", seconds=60, step=0.5)
    assert len(found) == len(set(found)) == len(set(typed))
    assert enrolment(stack)["renewal_problem"] == ""


def until_of(stack: Stack) -> str:
    identity = IdentityStore(stack.state).load()
    assert identity is not None
    return identity.until.isoformat()


def all_of(stack: Stack, typed: list[str]) -> list[str] | None:
    found = terms(stack)
    return found if set(typed) <= set(found) else None


def test_a_certificate_that_ran_out_recovers_by_itself(stack: Stack) -> None:
    sentences = iter(listed())
    stack.restart_collector(program=SHORT_LIVED)
    stack.enrol()
    identity = IdentityStore(stack.state).load()
    assert identity is not None
    wait_for(
        lambda: identity.expired(SystemClock().now()), "the end of it", seconds=LIFE_SECONDS + 5, step=0.2
    )
    stack.restart_collector()
    stack.start_service()
    stack.desktop.open_gtk_entry("Notes")
    word = sentence(stack, sentences)
    wait_for(lambda: word in terms(stack), "the word", seconds=60, step=0.2)
    fresh = IdentityStore(stack.state).load()
    assert fresh is not None
    assert (fresh.until - identity.until).days >= 13
    assert fresh.certificate.public_key() != identity.certificate.public_key()


def test_a_wrong_pin_changes_nothing_and_says_which_was_found(stack: Stack) -> None:
    before = until_of(stack)
    issued = token(stack.collector.config, asset_tag=SETTING.asset_tag, attester="Ada Quill")
    wrong = issued | {"pin": "sha256:" + "0" * 64}
    with pytest.raises(RuntimeError, match=issued["pin"]) as refused:
        enrol([str(stack.command)], stack.write_config(), wrong, asset_tag=SETTING.asset_tag)
    assert issued["token"].partition(".")[2] not in str(refused.value)
    assert until_of(stack) == before
    # Nothing was sent, so the token can still be used.
    enrol([str(stack.command)], stack.write_config(), issued, asset_tag=SETTING.asset_tag)


def test_a_clock_two_years_ahead_stops_sensing_and_erases_nothing(stack: Stack) -> None:
    sentences = iter(listed())
    stack.start_service()
    stack.desktop.open_gtk_entry("Notes")
    stack.children.kill(stack.collector.process)
    waiting = sentence(stack, sentences)
    until(stack, lambda found: found["spool"]["records"] >= 1, "a word that waits")
    assert stack.stop_service() == 0

    stack.begin_service(within=FAKE_CLOCK)
    until(stack, lambda found: found.get("enrolment", {}).get("silent"), "silent by its clock", seconds=60)
    until(stack, lambda found: found.get("sessions") and found["sessions"][0]["policy_reason"], "told so")
    found = stack.status()
    assert not found["sensing"]
    assert "clock" in found["sessions"][0]["policy_reason"]
    assert found["enrolment"]["ended"] is None
    wait_for(lambda: "has not been in touch" in page(stack), "the page says so")
    assert found["spool"]["records"] >= 1
    assert stack.stop_service() == 0

    stack.restart_collector()
    stack.start_service()
    wait_for(lambda: waiting in terms(stack), "the word that waited", seconds=60, step=0.2)
