"""The framing of records, without any file."""

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.spool.record import OVERHEAD_BYTES, SYNC, Damage, Frame, decode, encode, scan

payloads = st.binary(min_size=16, max_size=200)


def test_a_record_reads_back() -> None:
    frame = decode(encode(7, b"sealed bytes"), 0)
    assert frame == Frame(seq=7, offset=0, size=OVERHEAD_BYTES + 12, sealed=b"sealed bytes")


@given(st.lists(payloads, max_size=8))
def test_a_scan_finds_each_record_in_order(sealed: list[bytes]) -> None:
    data = b"".join(encode(seq, one) for seq, one in enumerate(sealed))
    found = list(scan(data, 0))
    assert [piece.sealed for piece in found if isinstance(piece, Frame)] == sealed
    assert not any(isinstance(piece, Damage) for piece in found)


@given(st.lists(payloads, min_size=3, max_size=6), st.data())
def test_harm_costs_the_records_it_touches(sealed: list[bytes], data: st.DataObject) -> None:
    records = [encode(seq, one) for seq, one in enumerate(sealed)]
    victim = data.draw(st.integers(0, len(records) - 1))
    place = data.draw(st.integers(0, len(records[victim]) - 1))
    harmed = bytearray(records[victim])
    harmed[place] ^= data.draw(st.integers(1, 255))
    whole = b"".join([*records[:victim], bytes(harmed), *records[victim + 1 :]])
    frames = [piece.seq for piece in scan(whole, 0) if isinstance(piece, Frame)]
    assert frames == [seq for seq in range(len(records)) if seq != victim]


@given(st.binary(max_size=300))
def test_noise_is_damage_and_ends(noise: bytes) -> None:
    pieces = list(scan(noise, 0))
    assert sum(piece.size for piece in pieces) == len(noise)


def test_a_marker_inside_a_payload_is_not_a_record() -> None:
    data = encode(1, SYNC * 5) + encode(2, b"next")
    assert [piece.seq for piece in scan(data, 0) if isinstance(piece, Frame)] == [1, 2]
    broken = b"\0" + data[1:]
    assert [piece.seq for piece in scan(broken, 0) if isinstance(piece, Frame)] == [2]


def test_an_absurd_length_is_damage() -> None:
    absurd = SYNC + b"\xff\xff\xff\x7f" + bytes(12)
    (damage,) = scan(absurd, 0)
    assert damage == Damage(offset=0, size=len(absurd), tail=True)
