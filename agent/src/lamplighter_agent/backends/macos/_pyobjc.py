"""macOS by pyobjc: typed at this edge, because pyobjc has no stubs. Not proven.

Sources are added to the main run loop, which `main_loop` runs beside the event loop.
"""

import ctypes
import time
from collections.abc import Callable
from typing import Any

import ApplicationServices as Ax
import Quartz
from AppKit import NSWorkspace, NSWorkspaceDidActivateApplicationNotification
from CoreFoundation import CFHash
from Foundation import NSOperationQueue
from objc import callbackFor

from lamplighter_agent.backends.macos._status_item import StatusItem
from lamplighter_agent.backends.macos._strip_panel import StripPanel
from lamplighter_agent.backends.macos.lamp_or_strip import LampOrStrip
from lamplighter_agent.backends.macos.system import (
    ANSWER_S,
    Close,
    FocusedElement,
    FrontWindow,
    Lamp,
    LampPresses,
    LampWords,
    TapKey,
    TapStopped,
)

TEXT_LIMIT = 16
# CLOCK_UPTIME_RAW of <time.h> on macOS: what the events' times count, too.
UPTIME_RAW = 8
TITLE_NEWS = "AXTitleChanged"
WINDOW_NEWS = ("AXFocusedWindowChanged", "AXMainWindowChanged", TITLE_NEWS)
FOCUS_NEWS = ("AXFocusedUIElementChanged", "AXFocusedWindowChanged")
_SUCCESS = 0
_carbon = ctypes.CDLL("/System/Library/Frameworks/Carbon.framework/Carbon")
_carbon.IsSecureEventInputEnabled.restype = ctypes.c_ubyte
_carbon.IsSecureEventInputEnabled.argtypes = ()


class Mac:
    """Fills `System`."""

    def may_listen(self) -> bool:
        return bool(Quartz.CGPreflightListenEventAccess())

    def trusted(self) -> bool:
        return bool(Ax.AXIsProcessTrusted())

    def secure_input(self) -> bool:
        return bool(_carbon.IsSecureEventInputEnabled())

    def in_front(self) -> bool:
        told = Quartz.CGSessionCopyCurrentDictionary() or {}
        # The last one is there only while it is locked.
        return (
            bool(told.get("kCGSSessionOnConsoleKey"))
            and bool(told.get("kCGSessionLoginDoneKey"))
            and not told.get("CGSSessionScreenIsLocked")
        )

    def now_ms(self) -> int:
        return time.clock_gettime_ns(UPTIME_RAW) // 1_000_000 % 2**32

    def listen(self, heard: Callable[[TapKey | TapStopped], None]) -> Close | None:
        def tapped(_proxy: object, kind: int, event: Any, _context: object) -> Any:
            if kind == Quartz.kCGEventKeyDown:
                heard(_key(event))
            elif kind == Quartz.kCGEventTapDisabledByTimeout:
                heard(TapStopped("too slow"))
            elif kind == Quartz.kCGEventTapDisabledByUserInput:
                heard(TapStopped("by the user"))
            return event

        tap = Quartz.CGEventTapCreate(
            Quartz.kCGSessionEventTap,
            Quartz.kCGHeadInsertEventTap,
            Quartz.kCGEventTapOptionListenOnly,
            Quartz.CGEventMaskBit(Quartz.kCGEventKeyDown),
            tapped,
            None,
        )
        if tap is None:
            return None
        source = Quartz.CFMachPortCreateRunLoopSource(None, tap, 0)
        _add(source)
        Quartz.CGEventTapEnable(tap, True)

        def close() -> None:
            Quartz.CGEventTapEnable(tap, False)
            _remove(source)
            Quartz.CFMachPortInvalidate(tap)

        return close

    def watch_windows(self, changed: Callable[[], None], retitled: Callable[[], None]) -> Close:
        return _Watch(WINDOW_NEWS, changed, retitled).close

    def watch_focus(self, changed: Callable[[], None]) -> Close:
        return _Watch(FOCUS_NEWS, changed, changed).close

    def front(self) -> FrontWindow | None:
        application = _frontmost()
        if application is None:
            return None
        pid = int(application.processIdentifier())
        window = _attribute(_element(pid), "AXFocusedWindow")
        if window is None:
            return None
        title = _attribute(window, "AXTitle")
        return FrontWindow(
            number=CFHash(window) & (2**63 - 1),
            title=str(title or ""),
            pid=pid,
            bundle=str(application.bundleIdentifier() or application.localizedName() or "unknown"),
        )

    def focus(self) -> FocusedElement | None:
        application = _frontmost()
        if application is None:
            return None
        pid = int(application.processIdentifier())
        element = _attribute(_element(pid), "AXFocusedUIElement")
        role = None if element is None else _attribute(element, "AXRole")
        if element is None or role is None:
            return None
        return FocusedElement(
            key=f"{pid}:{CFHash(element):x}",
            pid=pid,
            role=str(role),
            subrole=str(_attribute(element, "AXSubrole") or ""),
        )

    def show_lamp(self, words: LampWords, presses: LampPresses) -> Lamp:
        return LampOrStrip(StatusItem(words, presses), StripPanel(presses), words)


class _Watch:
    """Notifications of whichever program is in front."""

    def __init__(
        self, names: tuple[str, ...], changed: Callable[[], None], retitled: Callable[[], None]
    ) -> None:
        self._names = names
        self._changed = changed
        self._retitled = retitled
        self._source: Any = None
        self._observer: Any = None
        centre = NSWorkspace.sharedWorkspace().notificationCenter()
        self._token = centre.addObserverForName_object_queue_usingBlock_(
            NSWorkspaceDidActivateApplicationNotification,
            None,
            NSOperationQueue.mainQueue(),
            self._activated,
        )
        self._attach()

    def close(self) -> None:
        NSWorkspace.sharedWorkspace().notificationCenter().removeObserver_(self._token)
        self._detach()

    def _activated(self, _notification: object) -> None:
        self._attach()
        self._changed()

    def _attach(self) -> None:
        self._detach()
        application = _frontmost()
        if application is None:
            return
        pid = int(application.processIdentifier())

        @callbackFor(Ax.AXObserverCreate)  # type: ignore[untyped-decorator]
        def told(_observer: object, _element: object, name: str, _context: object) -> None:
            (self._retitled if name == TITLE_NEWS else self._changed)()

        error, observer = Ax.AXObserverCreate(pid, told, None)
        if error != _SUCCESS:
            return
        for name in self._names:
            Ax.AXObserverAddNotification(observer, _element(pid), name, None)
        # Both live as long as the source: the run loop calls into them.
        self._observer = (observer, told)
        self._source = Ax.AXObserverGetRunLoopSource(observer)
        _add(self._source)

    def _detach(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            _remove(source)
        self._observer = None


def _key(event: Any) -> TapKey:
    _, text = Quartz.CGEventKeyboardGetUnicodeString(event, TEXT_LIMIT, None, None)
    return TapKey(
        code=int(Quartz.CGEventGetIntegerValueField(event, Quartz.kCGKeyboardEventKeycode)),
        flags=int(Quartz.CGEventGetFlags(event)),
        text=str(text or ""),
        time_ms=int(Quartz.CGEventGetTimestamp(event)) // 1_000_000 % 2**32,
    )


def _frontmost() -> Any:
    return NSWorkspace.sharedWorkspace().frontmostApplication()


def _element(pid: int) -> Any:
    element = Ax.AXUIElementCreateApplication(pid)
    Ax.AXUIElementSetMessagingTimeout(element, ANSWER_S)
    return element


def _attribute(element: Any, name: str) -> Any:
    error, value = Ax.AXUIElementCopyAttributeValue(element, name, None)
    return value if error == _SUCCESS else None


def _add(source: Any) -> None:
    Quartz.CFRunLoopAddSource(Quartz.CFRunLoopGetMain(), source, Quartz.kCFRunLoopCommonModes)
    Quartz.CFRunLoopWakeUp(Quartz.CFRunLoopGetMain())


def _remove(source: Any) -> None:
    Quartz.CFRunLoopRemoveSource(Quartz.CFRunLoopGetMain(), source, Quartz.kCFRunLoopCommonModes)
