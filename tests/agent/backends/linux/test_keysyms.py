"""What symbols and modifiers mean."""

import pytest
from lamplighter_agent.backends.linux._keysyms import ALT, CONTROL, SHIFT, SUPER, classify
from lamplighter_agent.backends.ports import KeyKind

ALTGR = 1 << 7


@pytest.mark.parametrize(
    ("symbol", "text", "state", "kind"),
    [
        (ord("a"), "a", 0, KeyKind.TEXT),
        (ord("A"), "A", SHIFT, KeyKind.TEXT),
        (0x1B1, "ą", ALTGR, KeyKind.TEXT),
        (0x1000943, "\u0943", 0, KeyKind.TEXT),
        (0xFF08, "\b", 0, KeyKind.BACKSPACE),
        (0xFF08, "\b", CONTROL, KeyKind.DELETE_WORD),
        (0xFF08, "\b", ALT, KeyKind.DELETE_WORD),
        (ord("w"), "\x17", CONTROL, KeyKind.DELETE_WORD),
        (ord("u"), "\x15", CONTROL, KeyKind.MOVE),
        (ord("j"), "\n", CONTROL, KeyKind.ENTER),
        (0xFF8D, "\r", 0, KeyKind.ENTER),
        (0xFF09, "\t", 0, KeyKind.MOVE),
        (0xFE20, "", SHIFT, KeyKind.MOVE),
        (0xFF51, "", 0, KeyKind.MOVE),
        (0xFFFF, "\x7f", 0, KeyKind.MOVE),
        (ord("l"), "l", SUPER, KeyKind.MOVE),
    ],
)
def test_keys_that_mean_something(symbol: int, text: str, state: int, kind: KeyKind) -> None:
    assert classify(symbol, text, state) == (kind, text if kind is KeyKind.TEXT else "")


@pytest.mark.parametrize(
    "symbol",
    [0xFFE1, 0xFFE3, 0xFFE9, 0xFE03, 0xFE08, 0xFF7F, 0xFF20, 0xFE51, 0x1008FF13, 0, 0x1000943],
    ids=hex,
)
def test_keys_that_mean_nothing_by_themselves(symbol: int) -> None:
    assert classify(symbol, "", 0) is None
