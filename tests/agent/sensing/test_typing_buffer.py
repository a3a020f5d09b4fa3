"""The ring, read as scripts: what is typed, and which windows come out when."""

import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.backends.ports import KeyKind, KeyPress
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.context_counts import ContextCounts
from lamplighter_agent.detection import Speaker
from lamplighter_agent.observation import TypedText
from lamplighter_agent.pipeline import Pipeline
from lamplighter_agent.sensing.typing_buffer import (
    FORGET_S,
    NEAR,
    OVERLAP,
    PASTE_LIMIT,
    PAUSE_S,
    REPEATED,
    RING,
    WHOLE_EVERY,
    TypedWindow,
    TypingBuffer,
)
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.keywords.lists import matcher_of, term


def press(buffer: TypingBuffer, text: str, now: float = 0.0) -> list[str]:
    ready = []
    for character in text:
        kind = KeyKind.BACKSPACE if character == "\b" else KeyKind.TEXT
        ready += buffer.press(KeyPress(kind=kind, text=character, time_ms=0), now)
    return texts(ready)


def key(buffer: TypingBuffer, kind: KeyKind, now: float = 0.0) -> list[str]:
    return texts(buffer.press(KeyPress(kind=kind, time_ms=0), now))


def insert(buffer: TypingBuffer, text: str, offset: int = 0) -> list[str]:
    ready = []
    for index, character in enumerate(text):
        ready += buffer.insert(offset + index, character, 0.0)
    return texts(ready)


def texts(windows: list[TypedWindow]) -> list[str]:
    return [window.text for window in windows]


def shown(stream: str) -> str:
    visible: list[str] = []
    for character in stream:
        if character == "\b":
            del visible[-1:]
        else:
            visible.append(character)
    return "".join(visible)


def test_hands_over_at_word_boundaries() -> None:
    assert press(TypingBuffer(), "the mill-pond ") == ["the ", "the mill-", "the mill-pond "]


def test_marks_belong_to_their_word() -> None:
    assert press(TypingBuffer(), "किताब ") == ["किताब "]


def test_spaces_alone_hand_nothing_over() -> None:
    assert press(TypingBuffer(), "   ") == []


def test_backspace_is_kept_as_typed_and_never_reaches_before_the_window() -> None:
    buffer = TypingBuffer()
    assert press(buffer, "\b\bab\bc ") == ["ab\bc "]


def test_delete_word_takes_the_word_and_the_spaces_after_it() -> None:
    buffer = TypingBuffer()
    press(buffer, "two words ")
    key(buffer, KeyKind.DELETE_WORD)
    (ready,) = press(buffer, "x ")
    assert shown(ready) == "two x "


def test_enter_hands_over_and_separates() -> None:
    buffer = TypingBuffer()
    press(buffer, "one")
    assert key(buffer, KeyKind.ENTER) == ["one"]
    assert key(buffer, KeyKind.ENTER) == []
    assert press(buffer, "two ") == ["one\n\ntwo "]


def test_a_move_hands_over_and_begins_anew() -> None:
    buffer = TypingBuffer()
    press(buffer, "one")
    assert key(buffer, KeyKind.MOVE) == ["one"]
    assert press(buffer, "two ") == ["two "]


def test_a_pause_hands_over_once() -> None:
    buffer = TypingBuffer()
    press(buffer, "half", now=10.0)
    assert buffer.deadline() == 10.0 + PAUSE_S
    assert buffer.tick(10.0 + PAUSE_S / 2) == []
    assert texts(buffer.tick(10.0 + PAUSE_S)) == ["half"]
    assert buffer.tick(10.0 + PAUSE_S) == []
    assert buffer.deadline() == 10.0 + FORGET_S


def test_a_long_pause_forgets() -> None:
    buffer = TypingBuffer()
    press(buffer, "old ", now=0.0)
    buffer.tick(FORGET_S)
    assert buffer.deadline() is None
    assert press(buffer, "new ", now=FORGET_S + 1) == ["new "]


def test_a_long_pause_forgets_though_no_timer_fired() -> None:
    buffer = TypingBuffer()
    press(buffer, "old ", now=0.0)
    assert press(buffer, "new ", now=FORGET_S) == ["new "]


def test_forget_tells_how_many_words_were_not_handed_over() -> None:
    buffer = TypingBuffer()
    press(buffer, "sent unsent")
    assert buffer.forget() == 1
    assert buffer.forget() == 0
    assert press(buffer, "new ") == ["new "]


def test_positions_never_go_back_and_name_each_character_once() -> None:
    buffer = TypingBuffer()
    seen: dict[int, str] = {}
    for word in range(400):
        for character in f"w{word} ":
            for window in buffer.press(KeyPress(kind=KeyKind.TEXT, text=character, time_ms=0), 0.0):
                for index, there in enumerate(window.text):
                    assert seen.setdefault(window.position + index, there) == there
        if word % 97 == 0:
            buffer.forget()
    assert "".join(seen[place] for place in sorted(seen)) == "".join(f"w{word} " for word in range(400))


def test_a_window_begins_with_a_whole_word() -> None:
    stream = " ".join(f"word{nth}" for nth in range(300)) + " "
    windows = press(TypingBuffer(), stream)
    whole = frozenset(stream.split())
    assert len(windows) == 300
    assert all(whole.issuperset(window.split()) for window in windows)


def test_new_words_come_with_what_stood_before_them_and_the_whole_ring_again_and_again() -> None:
    buffer = TypingBuffer()
    windows = press(buffer, "word " * 300)[120:]
    assert {len(window) for window in windows} == {REPEATED + 5 - REPEATED % 5, RING - RING % 5}
    often = WHOLE_EVERY // 5 + 1
    for nth in range(len(windows) - often):
        assert max(map(len, windows[nth : nth + often])) == RING - RING % 5
    press(buffer, "half")
    assert [len(text) for text in texts(buffer.finish())] == [RING - RING % 5 - 1]


@given(st.lists(st.sampled_from(["word ", "x ", "sentence ", "\b", "\b" * 7, "\b" * 40]), max_size=80))
def test_a_part_of_the_ring_shows_what_the_field_shows(pieces: list[str]) -> None:
    buffer, stream = TypingBuffer(), ""
    for piece in pieces:
        if len(stream) + len(piece) > RING:
            break
        stream += piece
        for window in press(buffer, piece):
            assert shown(stream).endswith(shown(window))


def test_nothing_is_lost_without_any_boundary() -> None:
    buffer = TypingBuffer()
    text = "".join(chr(0x4E00 + index) for index in range(3 * RING))
    got = "".join(press(buffer, text)) + "".join(texts(buffer.finish()))
    assert set(text) <= set(got)


def test_nothing_is_lost_under_backspaces_without_any_boundary() -> None:
    buffer = TypingBuffer()
    text = "".join(chr(0x4E00 + index) for index in range(RING // 2))
    got = "".join(press(buffer, text + "\b" * RING)) + "".join(texts(buffer.finish()))
    assert set(text) <= set(got)


SENTENCES = {
    "lamp-1": "I carry a lantern on a pole",
    "lamp-2": "the wick was cut much too short by somebody at noon",
    "lamp-3": "lampion",
}
# Its parts stand so far apart that no part of the ring holds both.
LONG = {"lamp-4": "ladders " + "of particularly ornamental neighbourhoods " * 5 + "entirely alone shone"}
MATCHER = matcher_of(
    term("carry a lantern on a pole", term_id="lamp-1"),
    term("wick", "too short", mode="all_of", term_id="lamp-2", within=8),
    term("lampion", term_id="lamp-3"),
    term("ladders", "shone", mode="all_of", term_id="lamp-4", within=45),
)
SAM = Speaker(user="sam", kind=pb.USER_KIND_PUPIL, session=1)
PAUSE, ENTER = "pause", "enter"
ON = ["word ", "a, b; ", "x", "so " * 50, "unbroken" * 9, "sentence of some length. ", PAUSE, ENTER]
BACK = ["\b", "\b" * 9, "\b" * 90, "\b" * RING, "ctrl-w", "moved"]


def found_in(pieces: Iterable[str]) -> set[str]:
    """Return the terms that are found in what a buffer hands over while all of this is typed at once."""
    buffer, now = TypingBuffer(), 0.0
    pipeline = Pipeline(MATCHER, SystemClock(), ContextCounts())
    windows: list[TypedWindow] = []
    kinds = {ENTER: KeyKind.ENTER, "ctrl-w": KeyKind.DELETE_WORD, "moved": KeyKind.MOVE}
    for piece in pieces:
        if piece == PAUSE:
            now += PAUSE_S
            windows += buffer.tick(now)
        elif piece in kinds:
            windows += buffer.press(KeyPress(kind=kinds[piece], time_ms=0), now)
        else:
            for letter in piece:
                kind = KeyKind.BACKSPACE if letter == "\b" else KeyKind.TEXT
                windows += buffer.press(KeyPress(kind=kind, text=letter, time_ms=0), now)
    windows += buffer.finish()
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    seen = (
        TypedText(
            field_id=1,
            position=one.position,
            text=one.text,
            pasted=one.pasted,
            application="chat",
            observed_at=at,
        )
        for one in windows
    )
    return {found.term for one in seen for found in pipeline.process(one, SAM)}


@given(st.data())
def test_a_listed_sentence_is_found_whatever_is_typed_and_deleted_around_it(data: st.DataObject) -> None:
    around = st.lists(st.sampled_from(ON + BACK), max_size=12)
    pieces = data.draw(around)
    for sentence in data.draw(st.permutations(list(SENTENCES.values()))):
        after = data.draw(st.sampled_from([". ", PAUSE, ENTER, "moved"]))
        pieces += [" " + sentence, after, *data.draw(around)]
    assert found_in(pieces) == set(SENTENCES)


@given(st.lists(st.sampled_from(ON), max_size=30), st.lists(st.sampled_from(ON), max_size=30))
def test_parts_that_stand_far_apart_are_found_together(before: list[str], after: list[str]) -> None:
    assert found_in([*before, " ", *LONG.values(), ". ", *after]) == set(LONG)


def test_the_whole_ring_comes_though_the_last_word_was_handed_over_already() -> None:
    ends: list[Callable[[TypingBuffer], list[TypedWindow]]] = [
        lambda buffer: buffer.finish(),
        lambda buffer: buffer.tick(PAUSE_S),
        lambda buffer: buffer.press(KeyPress(kind=KeyKind.ENTER, time_ms=0), 0.0),
        lambda buffer: buffer.press(KeyPress(kind=KeyKind.BACKSPACE, time_ms=0), 0.0),
    ]
    for end in ends:
        buffer = TypingBuffer()
        text = "word " * 60
        assert press(buffer, text)[-1] != text
        assert buffer.deadline() == PAUSE_S
        assert texts(end(buffer)) == [text]


def test_text_typed_at_the_end_of_a_field_with_content() -> None:
    assert insert(TypingBuffer(), "more ", offset=40) == ["more "]


def test_a_paste_is_handed_over_at_once_after_what_was_typed() -> None:
    buffer = TypingBuffer()
    insert(buffer, "ty")
    typed, pasted = buffer.insert(2, "pasted words", 0.0)
    assert (typed.text, typed.pasted) == ("ty", False)
    assert (pasted.text, pasted.pasted) == ("typasted words", True)
    assert insert(buffer, "x ", offset=14) == ["typasted wordsx "]


def test_a_long_paste_comes_in_overlapping_slices() -> None:
    text = " ".join(f"word{index}" for index in range(1000))
    windows = TypingBuffer().insert(0, text, 0.0)
    covered: dict[int, str] = {}
    for one, other in itertools.pairwise(windows):
        assert one.position + len(one.text) - other.position >= OVERLAP
    for window in windows:
        assert len(window.text) <= RING
        covered |= {window.position + index: letter for index, letter in enumerate(window.text)}
    assert "".join(covered[place] for place in sorted(covered)) == text


def test_an_absurd_paste_is_cut_and_counted() -> None:
    buffer = TypingBuffer()
    buffer.insert(0, "x" * (PASTE_LIMIT + 7), 0.0)
    assert buffer.lost_characters == 7


def test_control_characters_in_a_paste_do_not_pass_for_backspace() -> None:
    (window,) = TypingBuffer().insert(0, "ab\b\x1bcd", 0.0)
    assert window.text == "ab  cd"


def test_deleting_at_the_end_is_backspace() -> None:
    buffer = TypingBuffer()
    insert(buffer, "knot")
    buffer.delete(3, 1, 0.0)
    assert insert(buffer, "w ", offset=3) == ["knot\bw "]


def test_a_sent_message_that_empties_its_field_was_not_deleted() -> None:
    buffer = TypingBuffer()
    insert(buffer, "see you")
    assert texts(buffer.delete(0, 7, 0.0)) == ["see you"]
    assert insert(buffer, "next ") == ["next "]


def test_an_edit_near_the_end_shows_what_the_field_shows() -> None:
    buffer = TypingBuffer()
    insert(buffer, "the lst word")
    insert(buffer, "a", offset=5)
    (ready,) = texts(buffer.finish())
    assert shown(ready) == "the last word"


def test_an_edit_far_away_gives_the_word_it_changed() -> None:
    buffer = TypingBuffer()
    insert(buffer, "spade hidn " + "filler " * (NEAR // 4))
    (ready,) = insert(buffer, "d", offset=9) or texts(buffer.finish())
    assert ready == "hiddn"
    assert [shown(text) for text in insert(buffer, "e", offset=10) or texts(buffer.finish())] == ["hidden"]


def test_deleting_before_the_window_moves_it_only() -> None:
    buffer = TypingBuffer()
    insert(buffer, "end", offset=100)
    buffer.delete(10, 1, 0.0)
    assert insert(buffer, "ing ", offset=102) == ["ending "]


EDITS = st.lists(
    st.tuples(st.sampled_from("idb"), st.integers(0, 40), st.sampled_from("abc é\n")), min_size=1, max_size=60
)


@given(edits=EDITS)
def test_the_window_never_shows_text_that_is_not_in_the_field(
    edits: list[tuple[str, int, str]],
) -> None:
    buffer, content = TypingBuffer(), ""
    for kind, where, text in edits:
        if kind == "i":
            offset = min(where, len(content))
            content = content[:offset] + text + content[offset:]
            buffer.insert(offset, text, 0.0)
        elif content and kind == "b":
            content = content[:-1]
            buffer.delete(len(content), 1, 0.0)
        elif content:
            offset = min(where, len(content) - 1)
            count = min(3, len(content) - offset)
            content = content[:offset] + content[offset + count :]
            buffer.delete(offset, count, 0.0)
    for window in buffer.finish():
        assert shown(window.text) in content
