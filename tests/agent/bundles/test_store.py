"""What is kept is sound, the newest, and there after every restart; everything else is refused."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.bundles.seal import BundleSeal
from lamplighter_agent.bundles.store import Anchor, BundleStore, Ready
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.errors import BundleNotKept, KeyUnavailable
from lamplighter_keywords.bundles.bundle import KEYWORDS, LARGEST_NUMBER, LARGEST_STEP
from lamplighter_keywords.bundles.compiled import PACKED_BYTES, unpacked
from lamplighter_keywords.bundles.licensed_part import SealedLists, seal_licensed
from lamplighter_keywords.errors import (
    BundleError,
    BundleForeign,
    BundleLeaps,
    BundleMalformed,
    BundleStale,
    BundleTooNew,
    SignatureInvalid,
)
from lamplighter_keywords.shipped import load_shipped
from lamplighter_keywords.terms import Source, UserKind
from lamplighter_protos.v1.bundles_pb2 import BundleOffer, BundlePart

from tests.agent.bundles.offers import School, keys_of
from tests.journeys.search import contains, files_below
from tests.keywords.bundles.test_licensed import made
from tests.keywords.signing import SCHOOL, key
from tests.support.bundled import bundled

ROOT = Path(__file__).parents[3]


@pytest.fixture
def school() -> School:
    return School()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bundles"


@pytest.fixture
def store(school: School, folder: Path) -> BundleStore:
    opened = BundleStore(folder, school.anchor, keys_of(folder), SystemClock())
    assert opened.load() == (None, None)
    return opened


def taken(store: BundleStore, offer: BundleOffer) -> Ready:
    ready = store.take(offer)
    assert ready is not None
    return ready


def finds(ready: Ready | None, word: str) -> bool:
    assert ready is not None
    return bool(ready.matcher.match(f"a {word}", source=Source.TYPED, user_kind=UserKind.PUPIL))


def loaded(school: School, folder: Path) -> tuple[BundleStore, Ready | None, BundleError | None]:
    """As after a restart."""
    store = BundleStore(folder, school.anchor, keys_of(folder), SystemClock())
    ready, problem = store.load()
    return store, ready, problem


def test_what_was_taken_is_there_after_a_restart(store: BundleStore, school: School, folder: Path) -> None:
    assert finds(taken(store, school.offer(1)), "lamp")
    again, ready, problem = loaded(school, folder)
    assert finds(ready, "lamp")
    assert (again.version, again.root_version, problem) == (1, 1, None)


def test_only_the_service_can_read_it(store: BundleStore, school: School, folder: Path) -> None:
    taken(store, school.offer(1))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_a_newer_one_takes_the_place_of_an_older(store: BundleStore, school: School, folder: Path) -> None:
    taken(store, school.offer(1))
    assert finds(taken(store, school.offer(7, "wick")), "wick")
    _, ready, _ = loaded(school, folder)
    assert finds(ready, "wick")
    assert not finds(ready, "lamp")


def test_the_same_again_changes_nothing(store: BundleStore, school: School, folder: Path) -> None:
    taken(store, school.offer(3))
    before = (folder / "current").stat().st_ino
    assert store.take(school.offer(3)) is None
    assert (folder / "current").stat().st_ino == before


@pytest.mark.parametrize(
    ("version", "word"), [(2, "lamp"), (3, "wick")], ids=["older", "same number, other lists"]
)
def test_an_older_one_is_refused_also_after_a_restart(
    store: BundleStore, school: School, folder: Path, version: int, word: str
) -> None:
    taken(store, school.offer(3))
    for one in (store, loaded(school, folder)[0]):
        with pytest.raises(BundleStale):
            one.take(school.offer(version, word))
        assert one.version == 3


def swapped(offer: BundleOffer, other: BundleOffer) -> BundleOffer:
    offer.parts[0].content = other.parts[0].content
    return offer


@pytest.mark.fault
def test_parts_swapped_on_the_way_are_refused(store: BundleStore, school: School, folder: Path) -> None:
    taken(store, school.offer(1))
    with pytest.raises(BundleMalformed, match="keywords"):
        store.take(swapped(school.offer(2, "wick"), school.offer(2, "lamp")))
    _, ready, _ = loaded(school, folder)
    assert finds(ready, "lamp")


@pytest.mark.fault
def test_every_other_refusal_leaves_the_last_good_one(
    store: BundleStore, school: School, folder: Path
) -> None:
    taken(store, school.offer(1))
    missing = school.offer(2)
    del missing.parts[0]
    cut = school.offer(2)
    cut.parts[0].content = cut.parts[0].content[:-7]
    large = BundleOffer(
        manifest=school.offer(2).manifest,
        parts=[BundlePart(name=KEYWORDS, content=bytes(PACKED_BYTES + 1))],
    )
    refused: list[tuple[BundleOffer, type[BundleError]]] = [
        (missing, BundleMalformed),
        (cut, BundleMalformed),
        (large, BundleMalformed),
        (school.offer(2, signer=key(77)), SignatureInvalid),
        (school.offer(2, organisation="Other School"), BundleForeign),
        (school.offer(2, min_agent="9"), BundleTooNew),
        (BundleOffer(manifest=b"{}"), BundleMalformed),
        (BundleOffer(roots=[b"{}"], manifest=school.offer(2).manifest), BundleMalformed),
    ]
    for offer, error in refused:
        with pytest.raises(error):
            store.take(offer)
    again, ready, problem = loaded(school, folder)
    assert finds(ready, "lamp")
    assert (again.version, problem) == (1, None)


@pytest.mark.fault
def test_a_stolen_key_is_refused_after_the_rotation_and_what_was_good_stays(
    store: BundleStore, school: School, folder: Path
) -> None:
    taken(store, school.offer(1))
    stolen = school.rotate()
    with pytest.raises(SignatureInvalid):
        store.take(school.offer(2, "wick", signer=stolen))
    # The root that came with it counts, though, also after a restart.
    assert store.root_version == 2
    again, ready, problem = loaded(school, folder)
    assert finds(ready, "lamp")
    assert (again.version, again.root_version, problem) == (1, 2, None)
    with pytest.raises(SignatureInvalid):
        again.take(school.offer(2, "wick", roots_after=2, signer=stolen))
    assert finds(taken(again, school.offer(3, "wick", roots_after=2)), "wick")


@pytest.mark.fault
@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize("apart", [False, True], ids=["root with bundle", "root first"])
def test_a_thief_who_ran_ahead_is_overtaken_by_the_rotation(
    school: School, folder: Path, *, restarted: bool, apart: bool
) -> None:
    store = loaded(school, folder)[0]
    taken(store, school.offer(5))
    for step in (1, 2):
        taken(store, school.offer(5 + step * LARGEST_STEP, "soot"))
    stolen = school.rotate()
    if apart:
        assert store.take(BundleOffer(roots=school.envelopes[1:])) is None
    if restarted:
        store, ready, _ = loaded(school, folder)
        assert finds(ready, "soot")
    sound = school.offer(6, "wick", roots_after=store.root_version)
    assert finds(taken(store, sound), "wick")
    again, ready, problem = loaded(school, folder)
    assert finds(ready, "wick")
    assert (again.version, again.root_version, problem) == (6, 2, None)
    # From here on it counts again, and the thief is out.
    for version in (5, 7, 2 * LARGEST_STEP):
        with pytest.raises(SignatureInvalid):
            again.take(school.offer(version, "soot", roots_after=2, signer=stolen))
    with pytest.raises(BundleStale):
        again.take(school.offer(5, roots_after=2))
    assert again.version == 6


def test_the_same_lists_signed_anew_after_a_rotation_count_from_then_on(
    store: BundleStore, school: School, folder: Path
) -> None:
    taken(store, school.offer(5))
    school.rotate()
    taken(store, school.offer(5))
    for one in (store, loaded(school, folder)[0]):
        with pytest.raises(BundleStale):
            one.take(school.offer(4, roots_after=2))


@pytest.mark.fault
def test_a_leap_is_refused_on_a_new_device_and_on_one_in_use(
    store: BundleStore, school: School, folder: Path
) -> None:
    with pytest.raises(BundleLeaps):
        store.take(school.offer(LARGEST_NUMBER, "soot"))
    assert store.version == 0
    taken(store, school.offer(5))
    for version in (LARGEST_NUMBER, 6 + LARGEST_STEP):
        with pytest.raises(BundleLeaps):
            store.take(school.offer(version, "soot"))
    _, ready, problem = loaded(school, folder)
    assert finds(ready, "lamp")
    assert problem is None
    taken(store, school.offer(6))


def test_several_rotations_at_once_are_followed(store: BundleStore, school: School, folder: Path) -> None:
    taken(store, school.offer(1))
    school.rotate()
    school.rotate()
    assert finds(taken(store, school.offer(2, "wick")), "wick")
    assert loaded(school, folder)[0].root_version == 3


def test_roots_alone_are_kept(store: BundleStore, school: School, folder: Path) -> None:
    taken(store, school.offer(1))
    school.rotate()
    assert store.take(BundleOffer(roots=school.envelopes[1:])) is None
    again, ready, _ = loaded(school, folder)
    assert again.root_version == 2
    assert finds(ready, "lamp")


@pytest.mark.fault
@pytest.mark.parametrize("lost", [b"", b"not sealed", None, b"older"])
def test_roots_for_a_bundle_that_the_disk_lost_meanwhile_are_followed_and_not_kept(
    store: BundleStore, school: School, folder: Path, lost: bytes | None
) -> None:
    taken(store, school.offer(1))
    older = (folder / "current").read_bytes()
    taken(store, school.offer(2, "wick"))
    if lost is None:
        (folder / "current").unlink()
    else:
        (folder / "current").write_bytes(older if lost == b"older" else lost)
    school.rotate()
    for offer in (BundleOffer(roots=school.envelopes[1:]), BundleOffer()):
        with pytest.raises(BundleNotKept):
            store.take(offer)
        assert store.root_version == 2
    assert finds(taken(store, school.offer(3, "flame", roots_after=2)), "flame")
    again, ready, _ = loaded(school, folder)
    assert (again.root_version, finds(ready, "flame")) == (2, True)


def test_a_link_that_is_missing_is_not_jumped(store: BundleStore, school: School) -> None:
    school.rotate()
    school.rotate()
    with pytest.raises(BundleStale):
        store.take(school.offer(2, roots_after=2))
    assert store.root_version == 1


def test_an_enrolment_that_knows_more_roots_than_the_file(
    store: BundleStore, school: School, folder: Path
) -> None:
    taken(store, school.offer(1))
    school.rotate()
    anchor = Anchor(organisation=SCHOOL, roots=tuple(school.envelopes), agent_version="0.1.0")
    again = BundleStore(folder, anchor, keys_of(folder), SystemClock())
    ready, problem = again.load()
    assert finds(ready, "lamp")
    assert (again.root_version, problem) == (2, None)


def test_without_a_root_from_the_enrolment_nothing_is_believed(folder: Path) -> None:
    with pytest.raises(BundleMalformed, match="enrol this device again"):
        BundleStore(
            folder,
            Anchor(organisation=SCHOOL, roots=(), agent_version="0.1.0"),
            keys_of(folder),
            SystemClock(),
        ).load()


@pytest.mark.fault
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_spoilt_file_gives_way_to_the_one_before(data: st.DataObject, tmp_path: Path) -> None:
    school, folder = School(), tmp_path / "spoilt"
    shutil.rmtree(folder, ignore_errors=True)
    store = BundleStore(folder, school.anchor, keys_of(folder), SystemClock())
    store.load()
    taken(store, school.offer(1))
    taken(store, school.offer(2, "wick"))
    raw = bytearray((folder / "current").read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):
        raw[at] ^= data.draw(st.integers(1, 255))
    else:
        del raw[at:]
    (folder / "current").write_bytes(bytes(raw))
    again, ready, problem = loaded(school, folder)
    assert ready is not None
    assert again.version == 1
    assert isinstance(problem, BundleMalformed)
    taken(again, school.offer(3, "flame"))
    final, ready, problem = loaded(school, folder)
    assert (final.version, problem) == (3, None)
    (folder / "current").write_bytes(b"")
    assert loaded(school, folder)[0].version == 1


@pytest.mark.fault
def test_two_spoilt_files_are_no_bundle_with_a_reason(
    store: BundleStore, school: School, folder: Path
) -> None:
    taken(store, school.offer(1))
    taken(store, school.offer(2))
    for name in ("current", "previous"):
        (folder / name).write_bytes(b"\xff" * 100)
    again, ready, problem = loaded(school, folder)
    assert (ready, again.version) == (None, 0)
    assert isinstance(problem, BundleMalformed)
    assert finds(taken(again, school.offer(3)), "lamp")


@pytest.mark.fault
def test_another_device_s_file_does_not_open(store: BundleStore, school: School, folder: Path) -> None:
    taken(store, school.offer(1))
    keys_of(folder).erase()
    again, ready, problem = loaded(school, folder)
    assert (ready, again.version) == (None, 0)
    assert isinstance(problem, BundleMalformed)


@pytest.mark.fault
def test_without_the_device_s_key_nothing_is_kept(store: BundleStore, school: School, folder: Path) -> None:
    taken(store, school.offer(1))
    key = folder.parent / "keys" / "device.key"
    key.chmod(0o644)
    with pytest.raises(BundleNotKept, match=r"device\.key"):
        store.take(school.offer(2))
    with pytest.raises(KeyUnavailable):
        loaded(school, folder)
    key.chmod(0o600)
    assert loaded(school, folder)[0].version == 1


def printable(raw: bytes) -> bytes:
    """What `strings` would show."""
    return b"\n".join(re.findall(rb"[ -~]{4,}", raw)).lower()


@pytest.mark.canary
def test_no_listed_word_can_be_read_on_the_disk(tmp_path: Path) -> None:
    pack = load_shipped()
    texts = {text.lower().encode() for one in pack.lists for term in one.terms for text in term.text}
    listed = sorted(text for text in texts if len(text) >= 6 and text.isascii())
    assert len(listed) > 3_000
    bundled(tmp_path, SCHOOL)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"current", "device.key", "device.id"}
    shown = b"\n".join(printable(path.read_bytes()) for path in files)
    assert [text for text in listed if text in shown] == []
    # The same search does find them in what is sealed there.
    opened = BundleSeal(FileKeyStore(tmp_path / "keys")).open((tmp_path / "bundles/current").read_bytes())
    (packed,) = (part.content for part in BundleOffer.FromString(opened).parts if part.name == KEYWORDS)
    plain = printable(unpacked(packed))
    assert all(text in plain for text in listed if text.isalpha())


@pytest.mark.fault
def test_a_file_of_any_size_is_read_to_a_limit(store: BundleStore, school: School, folder: Path) -> None:
    taken(store, school.offer(1))
    os.truncate(folder / "current", 1 << 40)
    assert isinstance(loaded(school, folder)[2], BundleMalformed)


@pytest.mark.fault
def test_what_can_t_be_written_is_not_used(store: BundleStore, school: School, folder: Path) -> None:
    taken(store, school.offer(1))
    (folder / ".current").mkdir()
    with pytest.raises(BundleNotKept):
        store.take(school.offer(2, "wick"))
    assert store.version == 1
    (folder / ".current").rmdir()
    assert finds(taken(store, school.offer(2, "wick")), "wick")


@pytest.mark.kill
def test_killed_before_any_step_there_is_the_old_one_or_the_new(school: School, folder: Path) -> None:
    versions: list[int] = []
    for step in range(1, 100):
        shutil.rmtree(folder, ignore_errors=True)
        store = BundleStore(folder, school.anchor, keys_of(folder), SystemClock())
        store.load()
        taken(store, school.offer(1))
        command = [sys.executable, "-m", "tests.agent.bundles.child", str(folder), str(step)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        again, ready, problem = loaded(school, folder)
        assert ready is not None
        assert problem is None
        assert finds(ready, "wick" if again.version == 2 else "lamp")
        versions.append(again.version)
        # Whatever was left lying about does not stand in the way.
        taken(again, school.offer(3, "flame"))
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
    assert len(versions) > 5
    assert versions == sorted(versions)
    assert versions[-1] == 2


LICENSED_LISTS = seal_licensed([made("quibblefen", "mudlark song", theme="lamps")])


def test_licensed_lists_find_after_a_restart_too_and_no_word_is_on_the_disk(
    store: BundleStore, school: School, folder: Path
) -> None:
    assert finds(taken(store, school.offer(1, licensed=LICENSED_LISTS)), "quibblefen")
    taken(store, school.offer(2, licensed=LICENSED_LISTS))
    _, ready, problem = loaded(school, folder)
    assert problem is None
    assert finds(ready, "mudlark song")
    assert not finds(ready, "mudlark")
    assert sorted(path.name for path in folder.iterdir()) == ["current", "previous"]
    for content in files_below(folder).values():
        assert not any(contains(content, word) for word in ("quibblefen", "mudlark", "partner-1"))


def test_licensed_lists_without_the_key_that_opens_them_are_refused(
    store: BundleStore, school: School
) -> None:
    taken(store, school.offer(1))
    other = seal_licensed([made("quibblefen", theme="lamps")])
    for wrong in (b"", other.key):
        offer = school.offer(2, licensed=SealedLists(content=LICENSED_LISTS.content, key=wrong))
        with pytest.raises(BundleMalformed, match="licensed"):
            store.take(offer)
    assert store.version == 1


def test_licensed_lists_that_were_taken_away_find_nothing(store: BundleStore, school: School) -> None:
    taken(store, school.offer(1, licensed=LICENSED_LISTS))
    assert not finds(taken(store, school.offer(2)), "quibblefen")
