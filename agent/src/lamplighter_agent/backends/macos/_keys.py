"""What a virtual key code, its flags and its text make of a key press. Pure.

Key codes are places on the keyboard (Events.h of HIToolbox), the same in every layout. The text is the window
server's; a key that only begins an accent has none, and the letter after it comes without its accent.
"""

from lamplighter_agent.backends.ports import KeyKind

CONTROL, OPTION, COMMAND = 1 << 18, 1 << 19, 1 << 20
RETURN, TAB, SPACE, DELETE, ESCAPE, KEYPAD_ENTER = 0x24, 0x30, 0x31, 0x33, 0x35, 0x4C
FORWARD_DELETE, HOME, PAGE_UP, END, PAGE_DOWN = 0x75, 0x73, 0x74, 0x77, 0x79
LEFT, RIGHT, DOWN, UP = 0x7B, 0x7C, 0x7D, 0x7E
ENTERS = frozenset({RETURN, KEYPAD_ENTER})
MOVES = frozenset({TAB, ESCAPE, FORWARD_DELETE, HOME, PAGE_UP, END, PAGE_DOWN, LEFT, RIGHT, DOWN, UP})
# What Control makes of letters, as Cocoa's text fields and terminals both take it.
CONTROLLED = {
    "\x08": KeyKind.BACKSPACE,
    "\x17": KeyKind.DELETE_WORD,
    "\r": KeyKind.ENTER,
    "\n": KeyKind.ENTER,
}
# Function keys have characters of their own in Unicode's private area.
FUNCTIONS = range(0xF700, 0xF900)


def classify(code: int, flags: int, text: str) -> tuple[KeyKind, str] | None:
    """Return what the press means and its text; None where it means nothing by itself."""
    control, option, command = (bool(flags & flag) for flag in (CONTROL, OPTION, COMMAND))
    if code in ENTERS:
        return KeyKind.ENTER, ""
    if command or code in MOVES:
        # Command with Delete, too, takes more away than can be counted.
        return KeyKind.MOVE, ""
    if code == DELETE:
        return (KeyKind.DELETE_WORD if control or option else KeyKind.BACKSPACE), ""
    if control:
        return CONTROLLED.get(text, KeyKind.MOVE), ""
    if not text:
        return None
    return (KeyKind.MOVE, "") if any(map(_is_no_text, text)) else (KeyKind.TEXT, text)


def _is_no_text(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or code == 0x7F or code in FUNCTIONS
