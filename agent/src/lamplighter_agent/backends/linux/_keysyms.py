"""What a key symbol and the modifiers make of a key press; shared by the key sources of X11. Pure."""

from lamplighter_agent.backends.ports import KeyKind

SHIFT, CONTROL, ALT, SUPER = 1 << 0, 1 << 2, 1 << 3, 1 << 6
BACKSPACE = 0xFF08
ENTERS = frozenset({0xFF0D, 0xFF0A, 0xFF8D})
# Shift, Control, Alt and the like by themselves, the level and group keys, Num Lock, Scroll Lock, Compose.
MODIFIERS = frozenset({*range(0xFFE1, 0xFFEF), *range(0xFE01, 0xFE14), 0xFF7F, 0xFF14, 0xFF20, 0xFF7E})
FUNCTIONS = range(0xFE20, 0x10000)
DEAD = range(0xFE50, 0xFE94)
# Control with these letters is a key of its own in a terminal: h is Backspace, m and j are Enter.
CONTROL_BACKSPACE = frozenset(map(ord, "hH"))
CONTROL_ENTER = frozenset(map(ord, "mMjJ"))
CONTROL_WORD = frozenset(map(ord, "wW"))


def classify(symbol: int, text: str, state: int) -> tuple[KeyKind, str] | None:
    """Return what the press means and its text; None where it means nothing by itself."""
    if symbol in MODIFIERS or symbol in DEAD:
        return None
    control, alt = bool(state & CONTROL), bool(state & ALT)
    if symbol == BACKSPACE:
        return (KeyKind.DELETE_WORD if control or alt else KeyKind.BACKSPACE), ""
    if symbol in ENTERS:
        return KeyKind.ENTER, ""
    if control or alt or state & SUPER:
        return (_with_control(symbol) if control and not alt else KeyKind.MOVE), ""
    if text and not any(ord(character) < 0x20 or ord(character) == 0x7F for character in text):
        return KeyKind.TEXT, text
    # Within a dead-key sequence there is no text yet, nor do media keys have any; Tab, Escape, arrows and
    # F-keys move.
    return (KeyKind.MOVE, "") if text or symbol in FUNCTIONS else None


def _with_control(symbol: int) -> KeyKind:
    if symbol in CONTROL_BACKSPACE:
        return KeyKind.BACKSPACE
    if symbol in CONTROL_ENTER:
        return KeyKind.ENTER
    return KeyKind.DELETE_WORD if symbol in CONTROL_WORD else KeyKind.MOVE
