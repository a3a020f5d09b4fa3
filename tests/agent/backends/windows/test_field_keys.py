"""Which keys were surely typed into a field that may be read."""

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.backends.ports import FieldRole, KeyKind, KeyPress
from lamplighter_agent.backends.windows.field_keys import NOTHING, PENDING_LIMIT, Field, FieldKeys

NOTE = Field("1/2", FieldRole.EDITABLE, 7)
SECRET = Field("1/3", FieldRole.SECRET, 7)


def key(time_ms: int, text: str = "k") -> KeyPress:
    return KeyPress(kind=KeyKind.TEXT, text=text, time_ms=time_ms % 2**32)


def at(fields: FieldKeys, field: Field, tick: int) -> tuple[str, int]:
    verdict = fields.answered(field, asked_ms=tick % 2**32, known_ms=(tick + 1) % 2**32)
    return "".join(press.text for press in verdict.keys), verdict.lost


def test_a_key_between_two_equal_answers_is_read() -> None:
    fields = FieldKeys()
    assert at(fields, NOTE, 100) == ("", 0)
    fields.pressed(key(200, "a"))
    fields.pressed(key(210, "b"))
    assert at(fields, NOTE, 250) == ("ab", 0)


def test_a_key_waits_for_an_answer_that_was_asked_for_after_it() -> None:
    fields = FieldKeys()
    at(fields, NOTE, 100)
    fields.pressed(key(250))
    assert at(fields, NOTE, 250) == ("", 0)
    assert fields.waiting
    assert at(fields, NOTE, 270) == ("k", 0)
    assert not fields.waiting


def test_the_first_key_in_a_field_that_was_not_known_is_lost_and_counted() -> None:
    fields = FieldKeys()
    at(fields, SECRET, 100)
    fields.pressed(key(200))
    assert at(fields, NOTE, 250) == ("", 1)
    fields.pressed(key(300))
    assert at(fields, NOTE, 350) == ("k", 0)


def test_a_key_of_a_secret_field_is_neither_read_nor_counted() -> None:
    fields = FieldKeys()
    at(fields, SECRET, 100)
    fields.pressed(key(200))
    assert at(fields, SECRET, 250) == ("", 0)


def test_a_key_before_the_field_became_secret_is_dropped() -> None:
    fields = FieldKeys()
    at(fields, NOTE, 100)
    fields.pressed(key(200))
    assert at(fields, SECRET, 250) == ("", 0)


def test_a_move_to_a_secret_field_and_back_voids_what_was_known() -> None:
    fields = FieldKeys()
    at(fields, NOTE, 100)
    fields.moved()
    fields.pressed(key(200, "s"))
    fields.moved()
    assert at(fields, NOTE, 250) == ("", 1)


def test_after_a_move_keys_from_before_its_answer_stay_unread() -> None:
    fields = FieldKeys()
    at(fields, NOTE, 100)
    fields.moved()
    at(fields, NOTE, 300)
    fields.pressed(key(250, "s"))
    fields.pressed(key(310, "n"))
    assert at(fields, NOTE, 350) == ("n", 1)


def test_ticks_may_wrap() -> None:
    fields = FieldKeys()
    at(fields, NOTE, 2**32 - 50)
    fields.pressed(key(2**32 - 10, "a"))
    fields.pressed(key(2**32 + 5, "b"))
    assert at(fields, NOTE, 2**32 + 20) == ("ab", 0)


def test_a_program_that_never_answers_holds_no_memory() -> None:
    fields = FieldKeys()
    at(fields, NOTE, 0)
    for number in range(PENDING_LIMIT + 5):
        fields.pressed(key(10 + number))
    text, lost = at(fields, NOTE, 10_000)
    assert len(text) == PENDING_LIMIT
    assert lost == 5


@given(st.lists(st.sampled_from(["key", "note", "secret", "nothing", "moved"]), max_size=40))
def test_whatever_happens_no_key_of_a_secret_stretch_is_read(steps: list[str]) -> None:
    """A key is marked secret where the last real focus was; each change of it is told as a move."""
    fields, tick, really = FieldKeys(), 0, NOTE
    for step in steps:
        tick += 50
        if step == "key":
            fields.pressed(key(tick, "s" if really is SECRET else "n"))
        elif step == "moved":
            really = SECRET if really is NOTE else NOTE
            fields.moved()
        elif step == "nothing":
            assert at(fields, NOTHING, tick)[0] == ""
        else:
            # Only a true answer is given: the probe checks the focus before and after it asks.
            assert "s" not in at(fields, really, tick)[0]
