"""Which windows are terminals."""

import pytest
from lamplighter_agent.sensing.terminals import is_terminal


@pytest.mark.parametrize(
    ("window_class", "application"),
    [
        ("XTerm", "xterm"),
        ("Gnome-terminal", ""),
        ("org.gnome.Terminal", ""),
        ("Disguise", "xterm"),
        ("kitty", ""),
    ],
)
def test_terminals(window_class: str, application: str) -> None:
    assert is_terminal(window_class, application)


@pytest.mark.parametrize(
    ("window_class", "application"), [("Zenity", "zenity"), ("firefox", "firefox"), ("", "")]
)
def test_other_windows(window_class: str, application: str) -> None:
    assert not is_terminal(window_class, application)
