import pytest
from lamplighter_agent.backends.macos._keyed_field import KeyedField, role_of
from lamplighter_agent.backends.macos.system import FocusedElement
from lamplighter_agent.backends.ports import (
    FieldFocused,
    FieldRole,
    KeyKind,
    KeyPress,
    TextDeleted,
    TextInserted,
)


@pytest.mark.parametrize(
    ("role", "subrole", "found"),
    [
        ("AXTextField", "", FieldRole.EDITABLE),
        ("AXTextField", "AXSearchField", FieldRole.EDITABLE),
        ("AXTextArea", "", FieldRole.EDITABLE),
        ("AXTextField", "AXSecureTextField", FieldRole.SECRET),
        ("AXSecureTextField", "", FieldRole.SECRET),
        ("AXTextArea", "AXSecureTextField", FieldRole.SECRET),
        ("AXButton", "", FieldRole.OTHER),
        ("AXWebArea", "", FieldRole.OTHER),
        ("", "", FieldRole.OTHER),
    ],
)
def test_only_known_roles_are_read_and_a_secret_is_one_whatever_else(
    role: str, subrole: str, found: FieldRole
) -> None:
    assert role_of(FocusedElement(key="k", pid=1, role=role, subrole=subrole)) is found


def press(kind: KeyKind, text: str = "") -> KeyPress:
    return KeyPress(kind=kind, text=text, time_ms=0)


def test_positions_are_counted_from_where_typing_began() -> None:
    field = KeyedField("k", 7)
    assert field.press(press(KeyKind.TEXT, "oa")) == [TextInserted(field_key="k", offset=0, text="oa")]
    assert field.press(press(KeyKind.ENTER)) == [TextInserted(field_key="k", offset=2, text="\n")]
    assert field.press(press(KeyKind.BACKSPACE)) == [TextDeleted(field_key="k", offset=2, count=1)]


def test_what_stood_there_before_is_nobody_s() -> None:
    assert KeyedField("k", 7).press(press(KeyKind.BACKSPACE)) == []


@pytest.mark.parametrize("kind", [KeyKind.MOVE, KeyKind.DELETE_WORD])
def test_an_unknown_position_begins_the_field_anew(kind: KeyKind) -> None:
    field = KeyedField("k", 7)
    field.press(press(KeyKind.TEXT, "oar"))
    assert field.press(press(kind)) == [FieldFocused(field_key="k", role=FieldRole.EDITABLE, pid=7)]
    assert field.press(press(KeyKind.TEXT, "s")) == [TextInserted(field_key="k", offset=0, text="s")]
