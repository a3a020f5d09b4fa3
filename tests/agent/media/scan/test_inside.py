"""Archives that ClamAV alone calls clean, each first shown to be one, then looked into."""

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Iterator

import pytest
from lamplighter_agent.media.scan import inside
from lamplighter_agent.media.scan.clamd import Clamd as Engine
from lamplighter_agent.media.scan.engine import Session
from lamplighter_agent.media.scan.inside import look_inside
from lamplighter_agent.media.scan.outcome import Reason

from tests.support.archives import concatenated, local_header, nested_zip, zip64, zipped
from tests.support.clamav import EICAR, Clamd, running_clamd

HARMLESS = b"words of an essay"


@pytest.fixture
def session(clamd: Clamd) -> Iterator[Session]:
    opened = Engine(str(clamd.socket), answers_within_s=60).session()
    yield opened
    opened.close()


def said_by_clamd(session: Session, content: bytes) -> Reason:
    copy = in_memory(content)
    try:
        return session.end(session.begin(copy))
    finally:
        os.close(copy)


def found_inside(session: Session, content: bytes) -> Reason:
    copy = in_memory(content)
    try:
        return look_inside(copy, session)
    finally:
        os.close(copy)


def in_memory(content: bytes) -> int:
    copy = os.memfd_create("", os.MFD_CLOEXEC)
    os.write(copy, content)
    return copy


def tarred(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        about = tarfile.TarInfo("in.zip")
        about.size = len(content)
        archive.addfile(about, io.BytesIO(content))
    return packed.getvalue()


EVASIONS = {
    "zip64": zip64(EICAR),
    "zip64 in zip": nested_zip(zip64(EICAR)),
    "zip64 in zip in zip": nested_zip(zip64(EICAR), depth=2),
    "zip64 in gzip": gzip.compress(zip64(EICAR)),
    "zip64 in tar": tarred(zip64(EICAR)),
    "zip64 in tar in gzip": gzip.compress(tarred(zip64(EICAR))),
    "zip64 behind a program": b"MZ" + bytes(500) + zip64(EICAR),
    "first of two": concatenated(EICAR, HARMLESS),
    "last of two": concatenated(HARMLESS, EICAR),
    "second of three, with a gap": concatenated(HARMLESS) + bytes(5000) + concatenated(EICAR, HARMLESS),
    "in front, without a directory": zipped(EICAR).partition(b"PK\1\2")[0] + zipped(HARMLESS),
    "behind, without an end": zipped(HARMLESS) + zipped(EICAR)[:-22],
}


@pytest.mark.parametrize("name", EVASIONS)
def test_what_clamav_calls_clean_is_found(session: Session, name: str) -> None:
    assert said_by_clamd(session, EVASIONS[name]) is Reason.CLEAN
    assert found_inside(session, EVASIONS[name]) is Reason.MALWARE


@pytest.mark.parametrize(
    "content",
    [
        zip64(HARMLESS),
        zip64(HARMLESS, stored=True),
        concatenated(HARMLESS, HARMLESS),
        nested_zip(HARMLESS, depth=3),
        gzip.compress(HARMLESS),
        tarred(zipped(HARMLESS, stored=True)),
        b"",
        HARMLESS,
    ],
)
def test_what_is_harmless_stays_clean(session: Session, content: bytes) -> None:
    assert found_inside(session, content) is Reason.CLEAN


def test_four_bytes_that_look_alike_by_chance_are_no_archive(session: Session) -> None:
    noise = b"".join(b"PK\3\4" + os.urandom(3) + b"\xee" * 40 for _ in range(50))
    assert found_inside(session, noise) is Reason.CLEAN


def test_a_member_that_can_t_be_unpacked_is_told(session: Session) -> None:
    # Deflate64, which no library here unpacks, with sizes of zip64.
    odd = local_header(method=9, packed=0xFFFFFFFF, size=0xFFFFFFFF) + bytes(50)
    assert found_inside(session, odd) is Reason.ARCHIVE_UNREADABLE
    locked = local_header(method=8, flags=1, packed=0xFFFFFFFF) + bytes(50)
    assert found_inside(session, locked) is Reason.ENCRYPTED_CONTENT
    broken = bytearray(zip64(HARMLESS))
    broken[60:70] = b"\xff" * 10
    assert found_inside(session, bytes(broken)) is Reason.ARCHIVE_UNREADABLE


def test_fewer_members_than_an_archive_says_are_told(session: Session) -> None:
    hidden = zipped(EICAR).replace(b"PK\3\4\x14", b"PK\3\4\xfe")
    assert found_inside(session, hidden) is Reason.ARCHIVE_UNREADABLE


def test_depth_count_and_size_have_limits(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found_inside(session, nested_zip(HARMLESS, depth=inside.DEEPEST + 3)) is Reason.OVER_LIMIT
    monkeypatch.setattr(inside, "MOST_MEMBERS", 3)
    assert found_inside(session, concatenated(*[HARMLESS] * 4)) is Reason.OVER_LIMIT
    monkeypatch.setattr(inside, "LARGEST_PART", 1000)
    assert found_inside(session, zip64(bytes(2000))) is Reason.OVER_LIMIT
    assert found_inside(session, zipped(bytes(2000))) is Reason.CLEAN
    monkeypatch.setattr(inside, "LARGEST_WHOLE", 1500)
    assert found_inside(session, zipped(bytes(2000))) is not Reason.MALWARE


def test_a_member_beyond_clamav_s_own_limit_is_not_called_clean() -> None:
    # ClamAV looks at the first 10 MB of it, and says OK.
    large = zipped(bytes(15 << 20) + EICAR)
    with running_clamd({"MaxFileSize": "10M"}) as small:
        session = Engine(str(small.socket), answers_within_s=60).session()
        assert said_by_clamd(session, large) is Reason.CLEAN
        assert found_inside(session, large) is Reason.OVER_LIMIT
        assert found_inside(session, zipped(bytes(9 << 20))) is Reason.CLEAN
        session.close()


def test_many_members_of_one_plain_archive_are_left_to_clamav(session: Session) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(200):
            archive.writestr(f"{number}.txt", HARMLESS * number)
    assert found_inside(session, packed.getvalue()) is Reason.CLEAN
