"""The ledger's format and its two files."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.spool.ledger import Ledger, LedgerFiles, LossRow, Row, decode, encode

big = st.integers(0, 2**63 - 1)
bits = st.lists(st.sampled_from([48, 49]), max_size=40).map(bytes)
rows = st.builds(Row, segment_id=big, base=big, done=bits, active=st.booleans())
losses = st.builds(
    LossRow,
    id=st.binary(min_size=16, max_size=16),
    reason=st.integers(0, 9),
    count=big,
    first_seconds=big,
    last_seconds=big,
    closed=st.booleans(),
)
ledgers = st.builds(
    Ledger,
    generation=big,
    next_seq=big,
    next_segment=big,
    rows=st.lists(rows, max_size=4).map(tuple),
    losses=st.lists(losses, max_size=4).map(tuple),
)


@given(ledgers)
def test_a_ledger_reads_back(ledger: Ledger) -> None:
    assert decode(encode(ledger)) == ledger


@given(ledgers, st.data())
def test_one_harmed_copy_of_two_is_enough(ledger: Ledger, data: st.DataObject) -> None:
    both = bytearray(encode(ledger) * 2)
    both[data.draw(st.integers(0, len(both) - 1))] ^= 1
    assert decode(bytes(both)) == ledger


@given(st.binary(max_size=200))
def test_noise_is_no_ledger(noise: bytes) -> None:
    assert decode(noise) is None


def test_the_newest_save_counts_and_the_one_before_is_still_there(tmp_path: Path) -> None:
    files = LedgerFiles(tmp_path, 4096)
    assert files.load() is None
    for number in (5, 6, 7):
        files.save(Ledger(next_seq=number))
    newest = LedgerFiles(tmp_path, 4096).load()
    assert newest is not None
    assert newest.next_seq == 7
    (tmp_path / "ledger.b").write_bytes(b"")
    before = LedgerFiles(tmp_path, 4096).load()
    assert before is not None
    assert before.next_seq == 6


def test_a_save_takes_no_more_room_than_was_set_aside(tmp_path: Path) -> None:
    files = LedgerFiles(tmp_path, 4096)
    for _ in range(5):
        files.save(Ledger())
    assert {path.stat().st_size for path in tmp_path.iterdir()} == {4096}


def test_a_ledger_larger_than_its_room_is_still_saved(tmp_path: Path) -> None:
    files = LedgerFiles(tmp_path, 64)
    large = tuple(Row(segment_id=n, base=1, done=b"01" * 50, active=False) for n in range(30))
    files.save(Ledger(rows=large))
    found = LedgerFiles(tmp_path, 64).load()
    assert found is not None
    assert found.rows == large
