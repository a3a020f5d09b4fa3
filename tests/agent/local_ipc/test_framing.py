from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.errors import FrameMalformed, FrameTooLarge
from lamplighter_agent.local_ipc import framing

payloads = st.lists(st.binary(min_size=1, max_size=300), max_size=8)


@given(payloads, st.data())
def test_frames_come_back_however_the_stream_is_cut(sent: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(framing.encode(payload) for payload in sent)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12).map(sorted))
    deframer = framing.Deframer()
    pieces = [stream[start:end] for start, end in pairwise([0, *cuts, len(stream)])]
    assert [frame for piece in pieces for frame in deframer.feed(piece)] == sent
    assert deframer.held_bytes == 0


@given(st.binary(max_size=4000))
def test_garbage_gives_frames_or_an_error_and_holds_no_more_than_one_frame(garbage: bytes) -> None:
    deframer = framing.Deframer()
    try:
        frames = list(deframer.feed(garbage))
    except (FrameTooLarge, FrameMalformed):
        return
    assert all(frames)
    assert deframer.held_bytes <= len(garbage)


def test_the_limit_itself_passes_and_one_more_byte_does_not() -> None:
    largest = bytes(framing.LIMIT_BYTES)
    assert list(framing.Deframer().feed(framing.encode(largest))) == [largest]
    with pytest.raises(FrameTooLarge):
        framing.encode(largest + b"x")


def test_a_length_over_the_limit_is_refused_before_its_content() -> None:
    with pytest.raises(FrameTooLarge):
        list(framing.Deframer().feed((framing.LIMIT_BYTES + 1).to_bytes(4, "big")))


def test_an_empty_frame_is_malformed() -> None:
    with pytest.raises(FrameMalformed):
        list(framing.Deframer().feed(bytes(4)))
    with pytest.raises(FrameMalformed):
        framing.encode(b"")
