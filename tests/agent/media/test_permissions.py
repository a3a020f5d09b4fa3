"""The register on the device: verified at each start, newest only; and time never goes back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.errors import BundleNotKept
from lamplighter_agent.media.kept import Kept, SealedFile
from lamplighter_agent.media.permissions import MEMORY_LOST, Permissions
from lamplighter_agent.media.rules import DAY_MS
from lamplighter_keywords.bundles.envelope import PrivateKey
from lamplighter_keywords.errors import BundleError, BundleForeign, BundleStale, SignatureInvalid
from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.media.register import Refusal, Register

from tests.agent.media.samples import NOW, ORGANISATION, PERMISSION, root_of
from tests.support.clock import SteppedClock

SIGNER, THIEF = PrivateKey.generate(), PrivateKey.generate()
ROOT = root_of(SIGNER)


def opened(folder: Path, clock: SteppedClock | None = None, root: object = ROOT) -> Permissions:
    keys = FileKeyStore(folder / "keys")
    kept = Kept(SealedFile(folder / "media" / "kept", keys))
    permissions = Permissions(SealedFile(folder / "media" / "register", keys), kept, clock or SteppedClock())
    permissions.load(root)  # type: ignore[arg-type]
    return permissions


def signed(
    version: int = 1,
    *,
    signer: PrivateKey = SIGNER,
    organisation: str = ORGANISATION,
    created: int = NOW,
    named: MediumId = PERMISSION.medium,
    ends: int = PERMISSION.ends,
    permits: bool = True,
    refused: tuple[Refusal, ...] = (),
) -> bytes:
    register = Register(
        organisation=organisation,
        version=version,
        created=created,
        expires=created + 30 * DAY_MS,
        permissions=(replace(PERMISSION, medium=named, ends=ends),) if permits else (),
        refused=refused,
    )
    return register.seal(signer)


def test_a_register_is_taken_and_outlives_a_restart(tmp_path: Path) -> None:
    permissions = opened(tmp_path)
    assert permissions.of(PERMISSION.medium) == ()
    assert permissions.take(signed())
    assert not permissions.take(signed())
    again = opened(tmp_path)
    assert again.version == 1
    assert again.until == NOW + 30 * DAY_MS
    assert again.of(PERMISSION.medium) == (PERMISSION,)
    assert PERMISSION.person.encode() not in (tmp_path / "media" / "register").read_bytes()


def test_what_was_refused_is_known_until_its_days_are_over(tmp_path: Path) -> None:
    clock = SteppedClock()
    permissions = opened(tmp_path, clock)
    assert permissions.refused == frozenset()
    permissions.take(signed(refused=(Refusal(request="a" * 32, until=NOW + DAY_MS),)))
    assert opened(tmp_path, clock).refused == {"a" * 32}
    clock.step(timedelta(days=1))
    assert permissions.refused == frozenset()


def test_a_permission_names_a_medium_in_whichever_case_it_was_typed(tmp_path: Path) -> None:
    permissions = opened(tmp_path)
    reported = replace(PERMISSION.medium, serial="4C53AA01")
    permissions.take(signed(named=replace(reported, serial="4c53aa01")))
    (found,) = permissions.of(reported)
    assert found.id == PERMISSION.id
    assert permissions.of(replace(reported, serial="4C53AA02")) == ()
    assert permissions.namesakes(reported) == ()
    (claimed,) = permissions.namesakes(replace(reported, vendor="abcd"))
    assert claimed.id == PERMISSION.id
    assert permissions.namesakes(replace(reported, vendor="abcd", serial="")) == ()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("envelope", "error"),
    [
        (signed(1), BundleStale),
        (signed(3, signer=THIEF), SignatureInvalid),
        (signed(3, organisation="Oak Hill School"), BundleForeign),
        (b"rubbish", BundleError),
    ],
)
def test_what_is_older_forged_or_foreign_changes_nothing(
    tmp_path: Path, envelope: bytes, error: type[Exception]
) -> None:
    permissions = opened(tmp_path)
    permissions.take(signed(2))
    with pytest.raises(error):
        permissions.take(envelope)
    assert (permissions.version, opened(tmp_path).version) == (2, 2)


@pytest.mark.fault
def test_a_root_that_drops_the_key_takes_away_what_it_signed(tmp_path: Path) -> None:
    permissions = opened(tmp_path)
    permissions.take(signed(9))
    new = PrivateKey.generate()
    permissions.root_is(root_of(new))
    assert (permissions.version, permissions.of(PERMISSION.medium)) == (0, ())
    assert opened(tmp_path, root=root_of(new)).problem == "signature-invalid"
    # A lower version than the thief's is taken: his counts no more.
    assert permissions.take(signed(2, signer=new))


@pytest.mark.fault
def test_without_a_root_nothing_is_believed(tmp_path: Path) -> None:
    permissions = opened(tmp_path, root=None)
    with pytest.raises(SignatureInvalid):
        permissions.take(signed())


@pytest.mark.fault
def test_a_spoilt_file_permits_nothing_and_is_told_of(tmp_path: Path) -> None:
    opened(tmp_path).take(signed())
    (tmp_path / "media" / "register").write_bytes(b"LLB1" + bytes(60))
    permissions = opened(tmp_path)
    assert permissions.version == 0
    assert permissions.problem
    assert permissions.take(signed())


@pytest.mark.fault
def test_what_can_not_be_written_is_not_in_force(tmp_path: Path) -> None:
    permissions = opened(tmp_path)
    (tmp_path / "media").mkdir(exist_ok=True)
    (tmp_path / "media" / ".register.new").mkdir()
    with pytest.raises(BundleNotKept):
        permissions.take(signed())
    assert permissions.version == 0


def test_time_never_goes_back_also_across_a_restart(tmp_path: Path) -> None:
    clock = SteppedClock()
    permissions = opened(tmp_path, clock)
    clock.step(timedelta(hours=2))
    late = permissions.now()
    clock.step(timedelta(days=-3))
    assert permissions.now() == late
    assert opened(tmp_path, clock).now() == late


@pytest.mark.fault
@pytest.mark.parametrize("seconds_late", [0, 1, 120, 300])
def test_an_end_that_was_seen_to_pass_stays_so_when_the_clock_is_set_back_and_the_agent_restarted(
    tmp_path: Path, seconds_late: int
) -> None:
    clock = SteppedClock()
    permissions = opened(tmp_path, clock)
    permissions.take(signed(ends=NOW + 60_000))
    clock.step(timedelta(seconds=60 + seconds_late))
    (ended,) = permissions.of(PERMISSION.medium)
    assert not ended.holds(permissions.now())
    clock.step(timedelta(days=-1))
    for _ in range(2):
        again = opened(tmp_path, clock)
        assert (again.version, ended.holds(again.now())) == (1, False)


def test_time_that_ends_nothing_is_not_written_each_second(tmp_path: Path) -> None:
    clock = SteppedClock()
    permissions = opened(tmp_path, clock)
    permissions.take(signed(ends=NOW + 60_000))
    # Each time it is written it is sealed anew.
    written = {(tmp_path / "media" / "kept").read_bytes()}
    for _ in range(300):
        clock.step(timedelta(seconds=1))
        permissions.now()
        written.add((tmp_path / "media" / "kept").read_bytes())
    assert len(written) == 2


def test_what_was_decided_by_a_time_is_not_decided_by_an_earlier_one_after_a_restart(tmp_path: Path) -> None:
    clock = SteppedClock()
    permissions = opened(tmp_path, clock)
    permissions.take(signed())
    clock.step(timedelta(seconds=30))
    late = permissions.now()
    permissions.keep_time()
    clock.step(timedelta(days=-1))
    assert opened(tmp_path, clock).now() == late


def test_a_newer_register_sets_a_clock_right_that_was_far_ahead(tmp_path: Path) -> None:
    clock = SteppedClock()
    permissions = opened(tmp_path, clock)
    permissions.take(signed(1))
    clock.step(timedelta(days=4000))
    permissions.now()
    clock.step(timedelta(days=-4000))
    assert permissions.now() > NOW + 1000 * DAY_MS
    with pytest.raises(BundleStale):
        permissions.take(signed(1, created=NOW + 1))
    assert permissions.take(signed(2, created=NOW + 5))
    assert permissions.now() == NOW + 5


def test_what_rests_is_remembered_until_the_school_takes_it_out(tmp_path: Path) -> None:
    permissions = opened(tmp_path)
    permissions.take(signed(1))
    permissions.rest(permissions.of(PERMISSION.medium))
    assert opened(tmp_path).rests == {"p-1"}
    assert permissions.forgotten == frozenset()
    permissions.take(signed(2))
    assert permissions.rests == {"p-1"}
    empty = Register(organisation=ORGANISATION, version=3, created=NOW, expires=NOW + 1)
    permissions.take(empty.seal(SIGNER))
    assert permissions.rests == frozenset()


def test_however_many_rest_none_is_forgotten(tmp_path: Path) -> None:
    permissions = opened(tmp_path)
    many = tuple(replace(PERMISSION, id=f"p-{number}") for number in range(2_000))
    whole = Register(
        organisation=ORGANISATION, version=1, created=NOW, expires=NOW + DAY_MS, permissions=many
    )
    permissions.take(whole.seal(SIGNER))
    permissions.rest(permissions.of(PERMISSION.medium))
    assert opened(tmp_path).rests == {one.id for one in many}


@pytest.mark.fault
def test_where_what_rested_was_lost_all_rests_until_the_next_register(tmp_path: Path) -> None:
    opened(tmp_path).take(signed(1))
    (tmp_path / "media" / "kept").write_bytes(b"spoilt")
    permissions = opened(tmp_path)
    assert (set(permissions.rests), permissions.problem) == ({"p-1"}, MEMORY_LOST)
    assert permissions.forgotten == {"p-1"}
    # The file is sound again after that; what it says is not forgotten by a restart.
    again = opened(tmp_path)
    assert (set(again.rests), again.problem) == ({"p-1"}, MEMORY_LOST)
    assert not again.take(signed(1))
    assert again.rests == {"p-1"}
    assert again.take(signed(2))
    assert (again.rests, again.problem) == (frozenset(), "")
    assert opened(tmp_path).rests == frozenset()


@pytest.mark.fault
def test_where_the_register_is_lost_too_the_first_that_comes_rests(tmp_path: Path) -> None:
    opened(tmp_path).take(signed(1))
    for name in ("kept", "register"):
        (tmp_path / "media" / name).write_bytes(b"spoilt")
    permissions = opened(tmp_path)
    assert permissions.take(signed(1))
    assert permissions.rests == {"p-1"}
    assert opened(tmp_path).rests == {"p-1"}
    assert permissions.take(signed(2))
    assert permissions.rests == frozenset()


@pytest.mark.fault
def test_what_rests_by_name_rests_beside_what_was_lost(tmp_path: Path) -> None:
    opened(tmp_path).take(signed(1))
    (tmp_path / "media" / "kept").write_bytes(b"spoilt")
    permissions = opened(tmp_path)
    permissions.rest(permissions.of(PERMISSION.medium))
    permissions.take(signed(2))
    assert permissions.rests == {"p-1"}


@pytest.mark.fault
def test_with_the_latest_time_lost_it_is_not_before_the_register_was_signed(tmp_path: Path) -> None:
    clock = SteppedClock()
    opened(tmp_path, clock).take(signed(1, created=NOW))
    (tmp_path / "media" / "kept").write_bytes(b"spoilt")
    clock.step(timedelta(days=-300))
    assert opened(tmp_path, clock).now() == NOW
