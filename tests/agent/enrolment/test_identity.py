"""The identity is whole at every moment, its owner's alone, and only its own renewal may follow it."""

import json
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lamplighter_agent.enrolment.identity import Identity, IdentityStore
from lamplighter_agent.enrolment.issued import Issued, new_key
from lamplighter_agent.errors import IdentityDamaged, IdentityReplaced
from lamplighter_agent.machine import Marks

from tests.support.school import SCHOOL, SchoolAuthority

NOW = datetime.now(UTC).replace(microsecond=0)
AUTHORITY = SchoolAuthority()


def issued(tag: str = "AV-0042", *, life: timedelta = timedelta(days=14)) -> Issued:
    key = new_key()
    return Issued(
        organisation=SCHOOL,
        asset_tag=tag,
        ingest="collector.example:8443",
        certificate=AUTHORITY.device(tag, key.public_key(), life=life),
        authorities=(AUTHORITY.certificate,),
        roots=(b"first", b"second"),
        group="staff",
        key=key,
    )


def kept(state: Path, what: Issued | None = None) -> Identity:
    return IdentityStore(state).enrol(what or issued(), enrolment="collector.example:8444", now=NOW)


def test_a_device_that_was_never_enrolled_has_none(tmp_path: Path) -> None:
    assert IdentityStore(tmp_path).load() is None
    assert IdentityStore(tmp_path / "nowhere").load() is None


def test_what_was_kept_is_read_back(tmp_path: Path) -> None:
    what = issued()
    kept(tmp_path, what)
    found = IdentityStore(tmp_path).load()
    assert found is not None
    assert (found.organisation, found.asset_tag) == (SCHOOL, "AV-0042")
    assert (found.ingest, found.enrolment) == ("collector.example:8443", "collector.example:8444")
    assert (found.roots, found.group) == ((b"first", b"second"), "staff")
    assert found.enrolled_at == found.obtained_at == NOW
    assert found.certificate == what.certificate
    assert found.private_key().private_numbers() == what.key.private_numbers()
    assert found.authority_file.read_bytes() == AUTHORITY.certificate.public_bytes(Encoding.PEM)


def test_folder_and_key_are_their_owner_s_alone(tmp_path: Path) -> None:
    found = kept(tmp_path)
    assert stat.S_IMODE(found.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in found.folder.iterdir()} == {0o600}
    assert {path.name for path in tmp_path.iterdir()} == {"identity", ".identity.lock"}


def test_there_is_room_while_the_collector_is_asked_and_a_crash_leaves_none_for_good(tmp_path: Path) -> None:
    room = tmp_path / ".identity.room"
    room.mkdir()
    (room / "left").touch()
    with IdentityStore(tmp_path).assured():
        assert {one.stat().st_size for one in room.iterdir()} == {256 << 10}
        assert len(list(room.iterdir())) == 4
    assert not room.exists()


def test_a_renewal_keeps_what_is_not_its_own(tmp_path: Path) -> None:
    old = kept(tmp_path)
    later = NOW + timedelta(days=7)
    fresh = IdentityStore(tmp_path).renew(replace(issued(), group="pupils"), of=old, now=later)
    assert fresh.certificate != old.certificate
    assert (fresh.enrolled_at, fresh.obtained_at) == (NOW, later)
    assert (fresh.enrolment, fresh.roots, fresh.group) == (old.enrolment, old.roots, "staff")
    assert IdentityStore(tmp_path).load() == fresh


def test_a_renewal_does_not_take_the_place_of_a_newer_enrolment(tmp_path: Path) -> None:
    old = kept(tmp_path)
    newer = kept(tmp_path)
    with pytest.raises(IdentityReplaced):
        IdentityStore(tmp_path).renew(issued(), of=old, now=NOW)
    assert IdentityStore(tmp_path).load() == newer


def test_it_is_renewed_at_half_of_what_we_had_of_it(tmp_path: Path) -> None:
    # Its own time: minutes may lie between NOW and the certificate's first second.
    now = datetime.now(UTC)
    found = IdentityStore(tmp_path).enrol(issued(), enrolment="collector.example:8444", now=now)
    middle = now + (found.until - now) / 2
    assert abs(found.renew_at - middle) < timedelta(seconds=2)
    assert not found.expired(found.until - timedelta(seconds=1))
    assert found.expired(found.until)


def test_one_that_ended_before_we_had_it_is_due_at_once(tmp_path: Path) -> None:
    found = kept(tmp_path, issued(life=-timedelta(days=1)))
    assert found.expired(NOW)
    assert found.renew_at <= NOW


Crash = Callable[[Path, Path], None]


def before_the_new_one_is_whole(state: Path, new: Path) -> None:
    (state / ".identity.new").mkdir()
    shutil.copy(new / "identity" / "key.pem", state / ".identity.new")


def before_the_first_rename(state: Path, new: Path) -> None:
    shutil.copytree(new / "identity", state / ".identity.new")


def between_the_renames(state: Path, new: Path) -> None:
    shutil.copytree(new / "identity", state / ".identity.new")
    (state / "identity").rename(state / ".identity.old")


def before_the_old_one_is_removed(state: Path, new: Path) -> None:
    between_the_renames(state, new)
    (state / ".identity.new").rename(state / "identity")


@pytest.mark.fault
@pytest.mark.parametrize(
    ("crash", "is_new"),
    [
        (before_the_new_one_is_whole, False),
        (before_the_first_rename, False),
        (between_the_renames, True),
        (before_the_old_one_is_removed, True),
    ],
)
def test_a_crash_leaves_one_whole_identity(tmp_path: Path, crash: Crash, *, is_new: bool) -> None:
    for name in ("state", "other"):
        (tmp_path / name).mkdir()
    old, new = kept(tmp_path / "state"), kept(tmp_path / "other")
    crash(tmp_path / "state", tmp_path / "other")
    store = IdentityStore(tmp_path / "state")
    found = store.load()
    assert found is not None
    assert found.certificate == (new if is_new else old).certificate
    assert found.private_key().public_key() == found.certificate.public_key()
    third = store.renew(issued(), of=found, now=NOW)
    assert store.load() == third
    kept_now = {path.name for path in (tmp_path / "state").iterdir()}
    assert kept_now - {".identity.lock"} == {"identity"}


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def told(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "identity.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


@pytest.mark.fault
@pytest.mark.parametrize(
    "damage",
    [
        without("identity.json"),
        without("certificate.pem"),
        lambda folder: (folder / "identity.json").write_text("{"),
        lambda folder: (folder / "identity.json").write_text("[]"),
        lambda folder: (folder / "certificate.pem").write_text("nonsense"),
        told(organisation=""),
        told(asset_tag=7),
        told(enrolled_at="2026-11-21T09:00:00"),
        told(roots=["***"]),
        told(roots=None),
    ],
)
def test_a_damaged_identity_is_an_error_of_its_own(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    damage(kept(tmp_path).folder)
    with pytest.raises(IdentityDamaged, match="enrol it again"):
        IdentityStore(tmp_path).load()


@pytest.mark.fault
@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
def test_a_damaged_key_is_an_error_of_its_own(tmp_path: Path, content: bytes | None) -> None:
    found = kept(tmp_path)
    found.key_file.unlink()
    if content is not None:
        found.key_file.write_bytes(content)
    with pytest.raises(IdentityDamaged):
        found.private_key()


def test_an_identity_stays_its_machine_s_over_a_renewal(tmp_path: Path) -> None:
    marks = Marks(uuid="1f", serial="", system="2e")
    store = IdentityStore(tmp_path)
    old = store.enrol(issued(), enrolment="collector.example:8444", now=NOW, machine=marks)
    assert old.machine == marks
    assert store.renew(issued(), of=old, now=NOW).machine == marks
    assert store.enrol(issued(), enrolment="collector.example:8444", now=NOW).machine is None
