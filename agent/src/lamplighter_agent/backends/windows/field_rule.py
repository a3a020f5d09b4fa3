"""What a focused window or element of Windows is, by what it says of itself. Pure.

Whatever is not surely an ordinary text field is OTHER, and then only its window's title is read.
"""

from dataclasses import dataclass

from lamplighter_agent.backends.ports import FieldRole

ES_PASSWORD, ES_READONLY = 0x20, 0x800
EDIT_CONTROL, DOCUMENT_CONTROL = 50004, 50030
# Windows' own text fields and what wraps them: in these the style says whether they are secret.
EDIT_CLASSES = (
    "edit",
    "richedit",
    "windowsforms10.edit",
    "windowsforms10.richedit",
    "tedit",
    "tmemo",
    "trichedit",
)
# Whether a console echoes can't be asked from outside, so what is typed there is never read.
TERMINAL_WINDOWS = frozenset(
    {
        "consolewindowclass",
        "cascadia_hosting_window_class",
        "kitty",
        "mintty",
        "mobaxterm",
        "org.wezfurlong.wezterm",
        "pseudoconsolewindow",
        "putty",
        "virtualconsoleclass",
        "window class alacritty",
    }
)
TERMINAL_PROGRAMS = frozenset(
    {
        "alacritty.exe",
        "cmd.exe",
        "conemu.exe",
        "conemu64.exe",
        "conhost.exe",
        "hyper.exe",
        "kitty.exe",
        "mintty.exe",
        "mobaxterm.exe",
        "openconsole.exe",
        "powershell.exe",
        "pwsh.exe",
        "putty.exe",
        "tabby.exe",
        "wezterm-gui.exe",
        "windowsterminal.exe",
        "wsl.exe",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFacts:
    """What Windows says of the window that has the focus, and of the one in front around it."""

    front_class: str
    program: str
    focus_class: str
    style: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementFacts:
    """What UI Automation says of the element that has the focus."""

    control_type: int
    class_name: str
    password: bool


def is_edit(focus_class: str) -> bool:
    """Tell whether a window of this class is one of Windows' own text fields."""
    return focus_class.lower().startswith(EDIT_CLASSES)


def role_of(window: WindowFacts, element: ElementFacts | None) -> FieldRole:
    """Return what the focused field is; `element` is None where UI Automation does not say."""
    edit = is_edit(window.focus_class)
    if (edit and window.style & ES_PASSWORD) or (element is not None and element.password):
        return FieldRole.SECRET
    if window.front_class.lower() in TERMINAL_WINDOWS or window.program.lower() in TERMINAL_PROGRAMS:
        return FieldRole.OTHER
    if edit:
        # No style at all: the window went away while it was asked.
        return FieldRole.EDITABLE if window.style and not window.style & ES_READONLY else FieldRole.OTHER
    if element is None or "xterm" in element.class_name.lower():
        # The second is the terminal of an editor that is made of a web page.
        return FieldRole.OTHER
    readable = element.control_type in (EDIT_CONTROL, DOCUMENT_CONTROL)
    return FieldRole.EDITABLE if readable else FieldRole.OTHER
