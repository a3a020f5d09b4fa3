import pytest
from lamplighter_agent.backends.macos import _keys as keys
from lamplighter_agent.backends.macos._keys import classify
from lamplighter_agent.backends.ports import KeyKind

A = 0x00


@pytest.mark.parametrize(
    ("code", "flags", "text", "kind"),
    [
        (keys.DELETE, 0, "\x7f", KeyKind.BACKSPACE),
        (keys.DELETE, keys.OPTION, "\x7f", KeyKind.DELETE_WORD),
        (keys.DELETE, keys.COMMAND, "\x7f", KeyKind.MOVE),
        (keys.RETURN, 0, "\r", KeyKind.ENTER),
        (keys.KEYPAD_ENTER, 0, "\x03", KeyKind.ENTER),
        (A, keys.COMMAND, "v", KeyKind.MOVE),
        (A, keys.CONTROL, "\x01", KeyKind.MOVE),
        (A, keys.CONTROL, "\x17", KeyKind.DELETE_WORD),
        (keys.ESCAPE, 0, "\x1b", KeyKind.MOVE),
        (keys.UP, 0, "\uf700", KeyKind.MOVE),
        (0x7A, 0, "\uf704", KeyKind.MOVE),
    ],
)
def test_keys_that_are_no_text(code: int, flags: int, text: str, kind: KeyKind) -> None:
    assert classify(code, flags, text) == (kind, "")


@pytest.mark.parametrize(("flags", "text"), [(0, "a"), (keys.OPTION, "å"), (0, "ж"), (0, "👩"), (0, " ")])
def test_text_is_what_the_layout_says(flags: int, text: str) -> None:
    assert classify(A, flags, text) == (KeyKind.TEXT, text)


def test_a_key_that_begins_an_accent_means_nothing_yet() -> None:
    assert classify(A, keys.OPTION, "") is None
