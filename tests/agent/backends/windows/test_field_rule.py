"""Which fields are secret, which may be read, and that doubt is neither."""

import pytest
from lamplighter_agent.backends.ports import FieldRole
from lamplighter_agent.backends.windows.field_rule import (
    DOCUMENT_CONTROL,
    EDIT_CONTROL,
    ES_PASSWORD,
    ES_READONLY,
    ElementFacts,
    WindowFacts,
    role_of,
)

CHILD = 0x50000000
BUTTON_CONTROL = 50000


def window(
    focus: str = "Chrome_RenderWidgetHostHWND",
    style: int = CHILD,
    front: str = "Chrome_WidgetWin_1",
    program: str = "browser.exe",
) -> WindowFacts:
    return WindowFacts(front_class=front, program=program, focus_class=focus, style=style)


def element(kind: int = EDIT_CONTROL, name: str = "", *, password: bool = False) -> ElementFacts:
    return ElementFacts(control_type=kind, class_name=name, password=password)


@pytest.mark.parametrize(
    "name", ["Edit", "RichEdit20W", "RICHEDIT50W", "WindowsForms10.EDIT.app.0.1", "TEdit"]
)
def test_windows_own_fields_are_told_by_their_style(name: str) -> None:
    assert role_of(window(name), None) is FieldRole.EDITABLE
    assert role_of(window(name, CHILD | ES_PASSWORD), None) is FieldRole.SECRET
    assert role_of(window(name, CHILD | ES_READONLY), None) is FieldRole.OTHER
    assert role_of(window(name, 0), None) is FieldRole.OTHER


def test_the_same_bit_means_something_else_elsewhere() -> None:
    assert role_of(window("Button", CHILD | ES_PASSWORD), element(BUTTON_CONTROL)) is FieldRole.OTHER


@pytest.mark.parametrize("kind", [EDIT_CONTROL, DOCUMENT_CONTROL, BUTTON_CONTROL])
def test_is_password_settles_it(kind: int) -> None:
    assert role_of(window(), element(kind, password=True)) is FieldRole.SECRET


def test_elements_that_take_text_are_read_and_others_are_not() -> None:
    assert role_of(window(), element()) is FieldRole.EDITABLE
    assert role_of(window(), element(DOCUMENT_CONTROL)) is FieldRole.EDITABLE
    assert role_of(window(), element(BUTTON_CONTROL)) is FieldRole.OTHER


def test_what_says_nothing_is_not_read() -> None:
    assert role_of(window(), None) is FieldRole.OTHER


@pytest.mark.parametrize(
    ("front", "program"),
    [
        ("ConsoleWindowClass", "cmd.exe"),
        ("CASCADIA_HOSTING_WINDOW_CLASS", "WindowsTerminal.exe"),
        ("PuTTY", "putty.exe"),
        ("Anything", "OpenConsole.exe"),
    ],
)
def test_terminals_are_not_read(front: str, program: str) -> None:
    assert role_of(window(front=front, program=program), element(DOCUMENT_CONTROL)) is FieldRole.OTHER
    assert role_of(window("Edit", front=front, program=program), None) is FieldRole.OTHER


def test_a_terminal_inside_an_editor_is_not_read() -> None:
    assert role_of(window(), element(name="xterm-helper-textarea")) is FieldRole.OTHER
