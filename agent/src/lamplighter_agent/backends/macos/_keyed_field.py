"""Turns the keys of one field into the events of an accessible field. Pure.

macOS tells of a field's change only its whole new value. Reading that would take what stood there before, and
could not tell a person's typing from the page's; so the keys are what is read, at a position
counted from where typing began. Where a key makes the position unknown, the field begins anew.
"""

from lamplighter_agent.backends.macos.system import FocusedElement
from lamplighter_agent.backends.ports import (
    AccessibleEvent,
    FieldFocused,
    FieldRole,
    KeyKind,
    KeyPress,
    TextDeleted,
    TextInserted,
)

EDITABLE = frozenset({"AXTextField", "AXTextArea", "AXComboBox"})
# A search field is an AXTextField by role.
SECURE = "AXSecureTextField"


def role_of(element: FocusedElement) -> FieldRole:
    """Return what may be read of an element; the check for a secret comes first."""
    if SECURE in (element.role, element.subrole):
        return FieldRole.SECRET
    return FieldRole.EDITABLE if element.role in EDITABLE else FieldRole.OTHER


class KeyedField:
    """A field that a person types into."""

    def __init__(self, field_key: str, pid: int) -> None:
        self._key = field_key
        self._pid = pid
        self._position = 0

    def press(self, key: KeyPress) -> list[AccessibleEvent]:
        """Return what this key makes known."""
        if key.kind in (KeyKind.TEXT, KeyKind.ENTER):
            text = key.text if key.kind is KeyKind.TEXT else "\n"
            offset = self._position
            self._position += len(text)
            return [TextInserted(field_key=self._key, offset=offset, text=text)]
        if key.kind is KeyKind.BACKSPACE:
            if self._position == 0:
                return []
            self._position -= 1
            return [TextDeleted(field_key=self._key, offset=self._position, count=1)]
        self._position = 0
        return [FieldFocused(field_key=self._key, role=FieldRole.EDITABLE, pid=self._pid)]
