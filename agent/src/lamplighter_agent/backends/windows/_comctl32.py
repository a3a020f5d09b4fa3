"""What is used of comctl32.dll: TaskDialogIndirect, which is in its version 6 only.

Which version a program gets is said by a manifest. Ours lies beside this module and is made to count for this
thread before the library is opened, so that it does not depend on the program that we run in.
"""

import ctypes
from ctypes import wintypes
from pathlib import Path
from typing import Any

from lamplighter_agent.backends.asked import Asked
from lamplighter_agent.backends.windows._dll import Library
from lamplighter_agent.errors import BackendUnavailable

MANIFEST = Path(__file__).with_name("comctl32.manifest")
NO_CONTEXT = ctypes.c_void_p(-1).value
# Of a dialog: Escape closes it, it is as wide as its words need, it is laid out from right to left.
MAY_CLOSE, FITS, RIGHT_TO_LEFT, NOTHING_CHOSEN, TELLS_TIME = 0x8, 0x0100_0000, 0x2000, 0x4000, 0x800
INFORMATION = 0xFFFD
# What it tells of itself, and how it is told that a button was pressed.
CREATED, TIME, PRESS = 0, 4, 0x400 + 102
CANCEL = 2
FIRST_BUTTON, FIRST_OPTION = 100, 200
TOPMOST, NO_MOVE_NO_SIZE = -1, 0x3

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_long, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM, ctypes.c_void_p
)


class _Button(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("id", ctypes.c_int), ("text", ctypes.c_wchar_p))


class _Config(ctypes.Structure):
    _pack_ = 1
    _fields_ = (
        ("cbSize", wintypes.UINT),
        ("hwndParent", wintypes.HWND),
        ("hInstance", wintypes.HINSTANCE),
        ("dwFlags", ctypes.c_int),
        ("dwCommonButtons", ctypes.c_int),
        ("pszWindowTitle", ctypes.c_wchar_p),
        ("pszMainIcon", ctypes.c_void_p),
        ("pszMainInstruction", ctypes.c_wchar_p),
        ("pszContent", ctypes.c_wchar_p),
        ("cButtons", wintypes.UINT),
        ("pButtons", ctypes.POINTER(_Button)),
        ("nDefaultButton", ctypes.c_int),
        ("cRadioButtons", wintypes.UINT),
        ("pRadioButtons", ctypes.POINTER(_Button)),
        ("nDefaultRadioButton", ctypes.c_int),
        ("pszVerificationText", ctypes.c_wchar_p),
        ("pszExpandedInformation", ctypes.c_wchar_p),
        ("pszExpandedControlText", ctypes.c_wchar_p),
        ("pszCollapsedControlText", ctypes.c_wchar_p),
        ("pszFooterIcon", ctypes.c_void_p),
        ("pszFooter", ctypes.c_wchar_p),
        ("pfCallback", _Callback),
        ("lpCallbackData", ctypes.c_void_p),
        ("cxWidth", wintypes.UINT),
    )


class _Context(ctypes.Structure):
    _fields_ = (
        ("cbSize", wintypes.ULONG),
        ("dwFlags", wintypes.DWORD),
        ("lpSource", ctypes.c_wchar_p),
        ("wProcessorArchitecture", wintypes.USHORT),
        ("wLangId", wintypes.WORD),
        ("lpAssemblyDirectory", ctypes.c_wchar_p),
        ("lpResourceName", ctypes.c_wchar_p),
        ("lpApplicationName", ctypes.c_wchar_p),
        ("hModule", wintypes.HMODULE),
    )


class TaskDialogs:
    """Shows dialogs on the thread that makes it."""

    def __init__(self) -> None:
        """Open the library in its version 6; raise `BackendUnavailable` where there is none."""
        _take_version_6()
        pointer, number = ctypes.c_void_p, ctypes.POINTER(ctypes.c_int)
        self._ask = Library("comctl32").function(
            "TaskDialogIndirect", ctypes.c_long, pointer, number, number, pointer
        )
        user32 = Library("user32").function
        self._send = user32(
            "SendMessageW", wintypes.LPARAM, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM
        )
        places = (ctypes.c_int,) * 4
        self._place = user32(
            "SetWindowPos", wintypes.BOOL, wintypes.HWND, wintypes.HWND, *places, wintypes.UINT
        )

    def ask(self, asked: Asked) -> tuple[int | None, int | None]:
        """Show it until it is answered; return the places of button and option, None where none was chosen.

        Raises `BackendUnavailable` where Windows does not show it.
        """
        config, button, option = _Config(), ctypes.c_int(), ctypes.c_int()
        config.cbSize = ctypes.sizeof(config)
        config.dwFlags = MAY_CLOSE | FITS | NOTHING_CHOSEN
        config.dwFlags |= RIGHT_TO_LEFT if asked.right_to_left else 0
        config.dwFlags |= TELLS_TIME if asked.seconds else 0
        config.pszWindowTitle = config.pszMainInstruction = asked.title
        config.pszContent = asked.text
        config.pszMainIcon = INFORMATION
        config.cButtons, config.pButtons = len(asked.buttons), _listed(asked.buttons, FIRST_BUTTON)
        config.nDefaultButton = FIRST_BUTTON
        if asked.options:
            config.cRadioButtons = len(asked.options)
            config.pRadioButtons = _listed(asked.options, FIRST_OPTION)
        config.pfCallback = _Callback(self._watched(asked.seconds))
        failed = self._ask(ctypes.byref(config), ctypes.byref(button), ctypes.byref(option), None)
        if failed:
            raise BackendUnavailable("dialog", "Windows shows none", "sign in to a desktop")
        return _place(button.value, FIRST_BUTTON), _place(option.value, FIRST_OPTION)

    def _watched(self, seconds: int) -> Any:
        def told(window: int, what: int, number: int, _more: int, _ours: int | None) -> int:
            if what == CREATED:
                # It was not asked for by the window that is in front, which would else stay before it.
                self._place(window, TOPMOST, 0, 0, 0, 0, NO_MOVE_NO_SIZE)
            elif what == TIME and seconds and number >= seconds * 1000:
                self._send(window, PRESS, CANCEL, 0)
            return 0

        return told


def _listed(words: tuple[str, ...], first: int) -> Any:
    entries = [_Button(first + place, text) for place, text in enumerate(words)]
    return (_Button * len(entries))(*entries)


def _place(number: int, first: int) -> int | None:
    return number - first if number >= first else None


def _take_version_6() -> None:
    kernel32 = Library("kernel32").function
    make = kernel32("CreateActCtxW", ctypes.c_void_p, ctypes.c_void_p)
    activate = kernel32("ActivateActCtx", wintypes.BOOL, ctypes.c_void_p, ctypes.c_void_p)
    wanted = _Context(cbSize=ctypes.sizeof(_Context), lpSource=str(MANIFEST))
    context, cookie = make(ctypes.byref(wanted)), ctypes.c_void_p()
    if context in (None, NO_CONTEXT) or not activate(context, ctypes.byref(cookie)):
        raise BackendUnavailable("dialog", "version 6 of comctl32.dll can't be asked for", "repair Windows")
