"""The gate: what comes is held, scanned and released or refused, and taken back whenever that is over."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lamplighter_agent.backends.media_ports import Volume
from lamplighter_agent.media.rules import Reason, Step
from lamplighter_agent.media.scan.outcome import Reason as Outcome
from lamplighter_agent.media.scan.outcome import ScanLimits, ScanOutcome
from lamplighter_keywords.media.permission import Access
from lamplighter_keywords.policy.device_policy import AfterScan, MediaMode
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.agent.media.gated import World
from tests.agent.media.samples import (
    CLEAN,
    INCOMPLETE,
    INFECTED,
    NO_ENGINE,
    NOW,
    PERMISSION,
    RULES,
)
from tests.support.fakes.media import STICK
from tests.support.sensed import eventually

COPY = replace(
    STICK,
    key="/devices/copy",
    node="/dev/sdy",
    sequence=8,
    volumes=(Volume(node="/dev/sdy1", file_system="vfat", size_bytes=15_999_000_000, sequence=8),),
)


def decided(world: World) -> list[tuple[str, str]]:
    return [(one["step"], one["reason"]) for one in world.gate.described()]


@pytest.mark.fault
@pytest.mark.parametrize("mode", [MediaMode.BLOCK, MediaMode.RECORD])
async def test_of_two_media_with_one_serial_neither_is_used_and_one_alone_is(
    world: World, mode: MediaMode
) -> None:
    world.rules = replace(RULES, without_permission=mode)
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    world.put_in(COPY)
    refused = ("refuse", Reason.SERIAL_TWICE.value)
    await eventually(lambda: decided(world) == [refused, refused], "both refused")
    await eventually(lambda: not world.guard.released, "the first taken back")
    # Both are on record, with the reason.
    assert world.themes == ["unapproved-media", "unapproved-media"]
    assert all("one serial number" in one.addends[0][0] for one in world.found if one.theme)
    world.take_out(COPY)
    await world.released()


@pytest.mark.fault
async def test_two_media_that_differ_by_the_case_of_a_letter_have_one_name(world: World) -> None:
    world.put_in(replace(STICK, serial="4c53aa01"))
    world.put_in(replace(COPY, serial="4C53AA01"))
    refused = ("refuse", Reason.SERIAL_TWICE.value)
    await eventually(lambda: decided(world) == [refused, refused], "both refused")


@pytest.mark.fault
async def test_a_copy_of_another_size_is_refused_and_on_record(world: World) -> None:
    world.permit(replace(PERMISSION, size_bytes=STICK.size_bytes))
    world.put_in(replace(COPY, size_bytes=2 * STICK.size_bytes))
    await world.until(Step.REFUSE, Reason.NOT_THE_SAME)
    assert world.themes == ["unapproved-media"]
    assert "another size" in world.found[0].addends[0][0]


@pytest.mark.fault
async def test_a_serial_under_another_vendor_claims_anothers_name_and_is_told_as_that(world: World) -> None:
    world.permit(PERMISSION)
    world.put_in(replace(COPY, vendor_id="beef"))
    await world.until(Step.REFUSE, Reason.OTHER_MAKER)
    assert world.themes == ["unapproved-media"]
    assert "claims the serial number" in world.found[0].addends[0][0]
    # Beside it the one that is permitted is what it says.
    world.put_in()
    await world.released()


async def test_a_permitted_clean_medium_is_released_with_a_receipt(world: World) -> None:
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    (receipt,) = world.receipts
    assert receipt.verdict == pb.MEDIA_VERDICT_CLEAN
    assert receipt.medium.serial == STICK.serial
    assert (receipt.permission, receipt.access) == ("p-1", pb.MEDIA_ACCESS_READ_WRITE)
    assert receipt.tree_digest.hex() == CLEAN.digest
    assert receipt.HasField("expires_at")
    assert not world.themes
    assert [told.decision.step for _, told in world.told if told.progress is None] == [Step.RELEASE]


async def test_an_unknown_medium_is_held_recorded_and_not_even_scanned(world: World) -> None:
    world.put_in()
    await world.until(Step.REFUSE, Reason.NO_PERMISSION)
    await eventually(lambda: STICK.key in world.guard.held, "the hold")
    assert not world.scanner.scanned
    assert world.themes == ["unapproved-media"]
    world.take_out()
    assert [one.term.split(":")[0] for one in world.found] == ["media-arrived", "media-removed"]


@pytest.mark.parametrize(
    ("outcome", "reason", "theme", "verdict"),
    [
        (INFECTED, Reason.INFECTED, "malware-media", pb.MEDIA_VERDICT_INFECTED),
        (INCOMPLETE, Reason.INCOMPLETE, "unscanned-media", pb.MEDIA_VERDICT_INCOMPLETE),
    ],
)
async def test_what_is_not_clean_stays_refused(
    world: World, outcome: ScanOutcome, reason: Reason, theme: str, verdict: int
) -> None:
    world.scanner.outcomes = [outcome]
    world.permit(PERMISSION)
    world.put_in()
    await world.until(Step.REFUSE, reason)
    assert not world.guard.released
    assert world.themes == [theme]
    (receipt,) = world.receipts
    assert (receipt.verdict, receipt.access) == (verdict, pb.MEDIA_ACCESS_UNSPECIFIED)
    assert not receipt.HasField("expires_at")


async def test_what_is_in_when_the_permission_comes_is_scanned_then(world: World) -> None:
    world.put_in()
    await world.until(Step.REFUSE, Reason.NO_PERMISSION)
    world.permit(PERMISSION)
    await world.released()


async def test_expiry_is_noticed_by_itself(world: World) -> None:
    world.permit(replace(PERMISSION, ends=NOW + 60_000))
    world.put_in()
    await world.released()
    world.clock.step(timedelta(minutes=2))
    await world.until(Step.REFUSE, Reason.EXPIRED)
    assert not world.guard.released


@pytest.mark.fault
async def test_an_ended_permission_stays_so_after_a_restart_under_a_clock_that_was_set_back(
    world: World, tmp_path: Path
) -> None:
    world.permit(replace(PERMISSION, ends=NOW + 60_000))
    world.put_in()
    await world.released()
    world.clock.step(timedelta(seconds=61))
    await world.until(Step.REFUSE, Reason.EXPIRED)
    again = World(tmp_path)
    again.clock.step(timedelta(minutes=-10))
    running = asyncio.create_task(again.gate.run())
    again.put_in()
    await again.until(Step.REFUSE, Reason.EXPIRED)
    assert not again.scanner.scanned
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_narrower_access_takes_effect_and_what_was_written_is_scanned(world: World) -> None:
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    world.rules = replace(RULES, access=Access.READ_ONLY)
    world.gate.look()
    await world.released(Access.READ_ONLY)
    assert len(world.scanner.scanned) == 2


async def test_the_scan_is_given_the_digest_of_a_receipt_that_holds(world: World) -> None:
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    world.take_out()
    await eventually(lambda: not world.guard.held, "let go")
    world.put_in()
    await world.released()
    assert [known for _, _, known in world.scanner.scanned] == ["", CLEAN.digest]


@pytest.mark.parametrize("how", ["pulled", "revoked", "signed out", "changed", "policy"])
async def test_a_scan_that_is_overtaken_releases_nothing(world: World, how: str) -> None:
    world.scanner.go_on.clear()
    world.permit(PERMISSION)
    world.put_in()
    await eventually(lambda: len(world.scanner.scanned) == 1, "the scan")
    if how == "pulled":
        world.take_out()
    elif how == "revoked":
        world.permit()
        await world.until(Step.REFUSE, Reason.NO_PERMISSION)
    elif how == "signed out":
        world.signed_in, world.people = None, 0
        world.gate.look()
        await world.until(Step.REFUSE, Reason.NOBODY)
    elif how == "policy":
        world.rules = replace(RULES, encryption=True)
        world.gate.look()
        await world.until(Step.REFUSE, Reason.NOT_ENCRYPTED)
    else:
        world.put_in(replace(STICK, size_bytes=1))
        await eventually(lambda: len(world.scanner.scanned) == 2, "a scan anew")
        world.permit()
        await world.until(Step.REFUSE, Reason.NO_PERMISSION)
    world.scanner.go_on.set()
    assert not world.guard.released
    assert all(one.verdict == pb.MEDIA_VERDICT_GONE for one in world.receipts)
    assert len(world.receipts) == (how == "pulled")


@pytest.mark.fault
@pytest.mark.parametrize("how", ["in the scan", "before it", "behind it", "the scanner told first"])
async def test_one_that_is_pulled_before_it_is_checked_leaves_a_receipt_and_its_person_is_told(
    world: World, how: str
) -> None:
    world.permit(PERMISSION)
    if how in {"in the scan", "behind it"}:
        world.scanner.go_on.clear()
    elif how == "before it":
        world.guard.pulled.add(STICK.key)
    else:
        world.scanner.outcomes = [ScanOutcome(reason=Outcome.MEDIUM_GONE)]
    world.put_in()
    if how in {"in the scan", "behind it"}:
        await eventually(lambda: len(world.scanner.scanned) == 1, "the scan")
    if how == "behind it":
        world.guard.pulled.add(STICK.key)
        world.scanner.go_on.set()
    if how == "in the scan":
        assert world.last == ("scan", Reason.NOT_SCANNED.value)
    elif how == "the scanner told first":
        await world.until(Step.REFUSE, Reason.GONE)
    else:
        await world.until(Step.REFUSE, Reason.NOT_HELD)
    world.take_out()
    (receipt,) = world.receipts
    assert (receipt.verdict, receipt.reason) == (pb.MEDIA_VERDICT_GONE, "medium-gone")
    assert (receipt.access, receipt.HasField("expires_at")) == (pb.MEDIA_ACCESS_UNSPECIFIED, False)
    assert [one.user for one in world.found if one.receipt is not None] == ["wren"]
    _, told = world.told[-1]
    assert (told.decision.step, told.decision.reason) == (Step.REFUSE, Reason.GONE)


@pytest.mark.parametrize("permitted", [True, False])
async def test_one_that_is_taken_out_when_all_is_decided_is_not_told_of_again(
    world: World, *, permitted: bool
) -> None:
    world.permit(*([PERMISSION] if permitted else []))
    world.put_in()
    if permitted:
        await world.released()
        await world.until(Step.RELEASE, Reason.ALLOWED)
    else:
        await world.until(Step.REFUSE, Reason.NO_PERMISSION)
    told = len(world.told)
    world.take_out()
    assert (len(world.told), len(world.receipts)) == (told, int(permitted))


async def test_a_medium_pulled_before_its_release_is_no_fault(world: World) -> None:
    world.guard.pulled.add(STICK.key)
    world.permit(PERMISSION)
    world.put_in()
    await world.until(Step.REFUSE, Reason.NOT_HELD)
    assert not world.scanner.scanned
    world.guard.pulled.clear()
    await world.released()


async def test_it_is_scanned_again_when_the_engine_is_back(world: World) -> None:
    world.scanner.outcomes = [NO_ENGINE, CLEAN]
    world.permit(PERMISSION)
    world.put_in()
    await world.until(Step.REFUSE, Reason.INCOMPLETE)
    world.clock.step(timedelta(seconds=1))
    await world.released()
    assert [one.verdict for one in world.receipts] == [pb.MEDIA_VERDICT_INCOMPLETE, pb.MEDIA_VERDICT_CLEAN]


async def test_what_was_not_clean_rests_until_a_new_permission_where_the_rules_say_so(world: World) -> None:
    world.rules = replace(RULES, infected=AfterScan.SUSPEND)
    world.scanner.outcomes = [INFECTED, CLEAN]
    world.permit(PERMISSION)
    world.put_in()
    await world.until(Step.REFUSE, Reason.INFECTED)
    world.take_out()
    await eventually(lambda: not world.guard.held, "let go")
    world.put_in()
    await world.until(Step.REFUSE, Reason.SUSPENDED)
    world.permit(PERMISSION, replace(PERMISSION, id="p-2"))
    await world.released()


async def test_several_volumes_are_one_medium(world: World) -> None:
    two = replace(STICK, volumes=(*STICK.volumes, Volume(node="/dev/sdz2", file_system="ext4")))
    world.scanner.outcomes = [CLEAN, INFECTED]
    world.permit(PERMISSION)
    world.put_in(two)
    await world.until(Step.REFUSE, Reason.INFECTED)
    assert not world.guard.released
    (receipt,) = world.receipts
    assert receipt.files == 2 * CLEAN.files


@pytest.mark.parametrize("access", list(Access))
async def test_a_locked_volume_is_only_let_be_opened_and_its_content_is_scanned(
    world: World, access: Access
) -> None:
    writable = access is Access.READ_WRITE
    container = Volume(node="/dev/sdz1", file_system="crypto_LUKS", encrypted="luks", locked=True)
    content = Volume(node="/dev/dm-0", file_system="ext4", encrypted="luks")
    world.rules = replace(RULES, encryption=True)
    world.permit(replace(PERMISSION, access=access))
    world.put_in(replace(STICK, volumes=(container,)))
    await eventually(lambda: world.guard.released == {("/dev/sdz1", "wren"): writable}, "may be opened")
    assert not world.scanner.scanned
    world.put_in(replace(STICK, volumes=(replace(container, file_system="", locked=False), content)))
    await eventually(lambda: world.guard.released == {("/dev/dm-0", "wren"): writable}, "the release")
    assert [volume for volume, _, _ in world.scanner.scanned] == [content]


@pytest.mark.fault
async def test_a_label_that_would_show_as_something_else_is_refused_and_told_of_and_stays_here(
    world: World,
) -> None:
    world.permit(PERMISSION)
    (volume,) = STICK.volumes
    world.put_in(replace(STICK, volumes=(replace(volume, label="Zwxqvkp", odd_label=True),)))
    await world.until(Step.REFUSE, Reason.ODD_LABEL)
    assert not world.scanner.scanned
    assert world.themes == ["unscanned-media"]
    assert "label has control characters" in world.found[0].addends[0][0]
    assert "Zwxqvkp" not in repr(world.found)


async def test_a_deceptive_medium_is_disconnected_and_told_of(world: World) -> None:
    world.permit(PERMISSION)
    world.put_in(replace(STICK, deceptive=True))
    await world.until(Step.REFUSE, Reason.DECEPTIVE)
    await eventually(lambda: STICK.key in world.guard.disconnected, "disconnected")
    assert world.themes == ["deceptive-device"]


async def test_while_nothing_is_in_the_engine_is_asked_seldom(world: World) -> None:
    await eventually(lambda: world.gate.scanner_state.working, "the first answer")
    for _ in range(3):
        await world.gate.look_at_states()
    assert len(world.scanner.asked) == 1
    world.clock.step(timedelta(hours=1))
    await world.gate.look_at_states()
    assert len(world.scanner.asked) == 2
    world.limits = ScanLimits(stale_days=1)
    await world.gate.look_at_states()
    assert len(world.scanner.asked) == 3
    world.put_in()
    await world.gate.look_at_states()
    assert len(world.scanner.asked) == 4


async def test_where_the_system_does_not_enforce_media_are_recorded_only(world: World) -> None:
    world.guard.unready = ("polkit does not answer", "start polkitd")
    world.permit()
    await world.gate.look_at_states()
    world.put_in()
    await world.until(Step.RECORD, Reason.NO_PERMISSION)
    assert world.themes == ["unapproved-media"]


async def test_what_may_not_be_recorded_now_is_recorded_when_it_may(world: World) -> None:
    world.counts = False
    world.put_in()
    await world.until(Step.REFUSE, Reason.NO_PERMISSION)
    assert not world.found
    world.counts = True
    world.gate.look()
    await eventually(lambda: world.themes == ["unapproved-media"], "the record")


async def test_a_receipt_names_nobody_where_nothing_may_be_recorded(world: World) -> None:
    world.counts = False
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    assert [one.user for one in world.found] == [""]


async def test_without_permission_it_may_be_read_after_a_clean_scan_where_the_rules_say_so(
    world: World,
) -> None:
    world.rules = replace(RULES, without_permission=MediaMode.READ_ONLY)
    world.put_in()
    await world.released(Access.READ_ONLY)
    assert world.themes == ["unapproved-media"]


async def test_each_kind_of_news_is_told_once(world: World) -> None:
    world.put_in()
    await world.until(Step.REFUSE, Reason.NO_PERMISSION)
    for _ in range(3):
        world.gate.look()
        await asyncio.sleep(0)
    await eventually(lambda: bool(world.guard.held), "the hold")
    assert len(world.told) == 1
    assert len(world.found) == 1


async def test_the_status_names_neither_person_nor_medium(world: World) -> None:
    world.permit(PERMISSION)
    world.put_in()
    await world.released()
    said = repr(world.gate.described())
    assert "wren" not in said
    assert STICK.serial not in said
    assert STICK.vendor not in said
