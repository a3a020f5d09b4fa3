"""A spool folder harmed anywhere: it opens, gives what is whole, and counts the rest."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from lamplighter_agent.spool.losses import Reason
from lamplighter_agent.spool.segment import HEADER_BYTES

from tests.agent.spool.making import appended, drained, losses, opened, stored_ids

pytestmark = pytest.mark.fault


def lost(folder: Path, ids: list[bytes]) -> tuple[int, int]:
    """Open `folder`; returns (records missing, losses told) after checking that nothing else came."""
    spool = opened(folder)
    left = drained(spool)
    spool.close()
    got = stored_ids(left)
    assert len(set(got)) == len(got)
    assert set(got) <= set(ids)
    # Everything was told once: a second look finds nothing more.
    again = opened(folder)
    assert not drained(again)
    again.close()
    told = losses(left)
    assert set(told) <= {Reason.REASON_SPOOL_DAMAGED}
    return len(ids) - len(got), told.get(Reason.REASON_SPOOL_DAMAGED, 0)


@pytest.fixture
def stopped(tmp_path: Path) -> tuple[Path, list[bytes]]:
    """A spool of four segments, stopped in order."""
    spool = opened(tmp_path / "spool", segment_bytes=2048)
    ids = appended(spool, 40)
    spool.close()
    assert len(list((tmp_path / "spool").glob("*.seg"))) >= 4
    return tmp_path / "spool", ids


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.seg"))


def test_every_truncation_of_a_stopped_segment_is_counted_exactly(tmp_path: Path) -> None:
    spool = opened(tmp_path / "spool")
    ids = appended(spool, 5)
    spool.close()
    (segment,) = segments(tmp_path / "spool")
    for size in range(segment.stat().st_size):
        copy = tmp_path / "copy"
        shutil.copytree(tmp_path / "spool", copy)
        with (copy / segment.name).open("r+b") as file:
            file.truncate(size)
        missing, told = lost(copy, ids)
        assert missing == told, f"cut at {size}"
        assert missing > 0
        shutil.rmtree(copy)


def test_every_torn_tail_of_a_killed_segment_is_counted(tmp_path: Path) -> None:
    spool = opened(tmp_path / "spool")
    ids = appended(spool, 3)
    (segment,) = segments(tmp_path / "spool")
    whole = segment.stat().st_size
    record = (whole - HEADER_BYTES) // 3
    for size in range(whole - record + 1, whole):
        copy = tmp_path / "copy"
        shutil.copytree(tmp_path / "spool", copy)
        with (copy / segment.name).open("r+b") as file:
            file.truncate(size)
        assert lost(copy, ids) == (1, 1)
        shutil.rmtree(copy)
    spool.close()


def test_two_hundred_flipped_bits_cost_a_record_each_at_most(
    stopped: tuple[Path, list[bytes]], tmp_path: Path
) -> None:
    folder, ids = stopped
    chance = random.Random(20261121)
    for _ in range(200):
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        victim = chance.choice(segments(copy))
        data = bytearray(victim.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        victim.write_bytes(data)
        missing, told = lost(copy, ids)
        assert missing == told
        assert missing <= 1
        shutil.rmtree(copy)


def zero_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : 2 * len(data) // 3] = bytes(2 * len(data) // 3 - len(data) // 3)
    path.write_bytes(data)


def zero_all(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def noise(path: Path) -> None:
    path.write_bytes(random.Random(7).randbytes(path.stat().st_size))


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def delete(path: Path) -> None:
    path.unlink()


def double(path: Path) -> None:
    path.write_bytes(path.read_bytes() * 2)


@pytest.mark.parametrize("position", [0, 1, -1])
@pytest.mark.parametrize("harm", [zero_middle, zero_all, noise, halve, empty, delete])
def test_a_harmed_segment_costs_its_own_records_and_they_are_counted(
    stopped: tuple[Path, list[bytes]], harm: Callable[[Path], None], position: int
) -> None:
    folder, ids = stopped
    harm(segments(folder)[position])
    missing, told = lost(folder, ids)
    assert 0 < missing == told < len(ids)


def test_a_doubled_segment_gives_each_record_once(stopped: tuple[Path, list[bytes]]) -> None:
    folder, ids = stopped
    double(segments(folder)[0])
    assert lost(folder, ids) == (0, 0)


def test_swapped_segments_cost_nothing(stopped: tuple[Path, list[bytes]]) -> None:
    folder, ids = stopped
    first, second = segments(folder)[:2]
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    assert lost(folder, ids) == (0, 0)


def test_a_segment_in_the_place_of_another_costs_the_other(stopped: tuple[Path, list[bytes]]) -> None:
    folder, ids = stopped
    first, second = segments(folder)[:2]
    second.write_bytes(first.read_bytes())
    missing, told = lost(folder, ids)
    assert 0 < missing == told


def test_records_moved_between_segments_do_not_open(stopped: tuple[Path, list[bytes]]) -> None:
    folder, ids = stopped
    first, second = segments(folder)[:2]
    moved = first.read_bytes()[HEADER_BYTES:]
    second.write_bytes(second.read_bytes()[:HEADER_BYTES] + moved)
    missing, told = lost(folder, ids)
    assert 0 < missing == told


def test_a_lost_ledger_means_sending_again(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    ids = appended(spool, 6)
    spool.lease().commit(ids[:3])
    for ledger in tmp_path.glob("ledger.*"):
        ledger.unlink()
    left = drained(opened(tmp_path))
    assert stored_ids(left) == ids
    # What the ledger itself had counted can't be known.
    assert losses(left) == {Reason.REASON_SPOOL_DAMAGED: 1}


@pytest.mark.parametrize("harm", [zero_all, noise, empty, delete, zero_middle])
def test_one_harmed_ledger_never_stops_it(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    for name in ("ledger.a", "ledger.b"):
        folder = tmp_path / name
        spool = opened(folder)
        ids = appended(spool, 6)
        spool.lease().commit(ids[:3])
        harm(folder / name)
        assert set(stored_ids(drained(opened(folder)))) >= set(ids[3:])


def test_a_scratch_on_a_ledger_costs_nothing(tmp_path: Path) -> None:
    spool = opened(tmp_path / "spool")
    ids = appended(spool, 6)
    spool.lease().commit(ids[:3])
    spool.close()
    chance = random.Random(3)
    for _ in range(60):
        copy = tmp_path / "copy"
        shutil.copytree(tmp_path / "spool", copy)
        for ledger in copy.glob("ledger.*"):
            data = bytearray(ledger.read_bytes())
            data[chance.randrange(len(data))] ^= 0xFF
            ledger.write_bytes(data)
        assert stored_ids(drained(opened(copy))) == ids[3:]
        shutil.rmtree(copy)


def test_another_device_key_opens_nothing_and_says_so(stopped: tuple[Path, list[bytes]]) -> None:
    folder, ids = stopped
    spool = opened(folder, key=bytes(32))
    left = drained(spool)
    assert not stored_ids(left)
    assert losses(left) == {Reason.REASON_SPOOL_DAMAGED: len(ids)}
    assert len(appended(spool, 1)) == 1


def test_strange_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("left here by somebody")
    (tmp_path / "odd.seg").write_bytes(b"")
    spool = opened(tmp_path)
    ids = appended(spool, 1)
    assert stored_ids(drained(spool)) == ids
    assert (tmp_path / "notes.txt").exists()


def test_damage_while_it_runs_costs_the_record(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    ids = appended(spool, 5)
    (segment,) = segments(tmp_path)
    with segment.open("r+b") as file:
        file.seek(HEADER_BYTES + 40)
        file.write(b"\0\0\0\0")
    left = drained(spool)
    assert stored_ids(left) == ids[1:]
    assert losses(left) == {Reason.REASON_SPOOL_DAMAGED: 1}
