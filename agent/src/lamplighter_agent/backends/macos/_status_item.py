"""Our item in the menu bar, by AppKit. Everything of it happens on the main thread. Not proven."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from AppKit import (
    NSMenu,
    NSMenuItem,
    NSStatusBar,
    NSVariableStatusItemLength,
    NSWindowOcclusionStateVisible,
)
from Foundation import NSObject, NSOperationQueue, NSThread

from lamplighter_agent.backends.macos.system import LampPresses, LampWords
from lamplighter_agent.errors import BackendUnavailable

T = TypeVar("T")
MAIN_THREAD_S = 2.0


class LamplighterClick(NSObject):  # type: ignore[misc]
    """The target of an entry of the menu: AppKit calls a selector, never a function."""

    def clicked_(self, _sender: object) -> None:
        self.then()


class StatusItem:
    """Fills `Lamp`."""

    def __init__(self, words: LampWords, presses: LampPresses) -> None:
        self._targets: list[Any] = [clickable(presses.page), clickable(presses.help)]
        self._words = words
        self._item: Any = None
        on_main(self._show)

    def missing(self) -> str:
        return on_main(self._missing)

    def says(self, words: LampWords) -> None:
        self._words = words
        on_main(self._write)

    def restore(self) -> None:
        on_main(self._replace)

    def remove(self) -> None:
        on_main(self._take_off)

    def _show(self) -> None:
        self._item = NSStatusBar.systemStatusBar().statusItemWithLength_(NSVariableStatusItemLength)
        self._write()
        self._item.setVisible_(True)

    def _write(self) -> None:
        if self._item is None:
            return
        menu = NSMenu.alloc().init()
        # Without an action it is grey: a sentence and nothing to press.
        menu.addItem_(_entry(self._words.about))
        for words, target in zip((self._words.page, self._words.help), self._targets, strict=True):
            entry = _entry(words, "clicked:")
            entry.setTarget_(target)
            menu.addItem_(entry)
        self._item.button().setTitle_(self._words.title)
        self._item.setMenu_(menu)

    def _missing(self) -> str:
        if self._item is None or not self._item.isVisible():
            return "the item was taken out of the menu bar"
        window = self._item.button().window()
        if window is None or window.screen() is None:
            return "the menu bar has no room for the item"
        if not window.occlusionState() & NSWindowOcclusionStateVisible:
            return "something covers the item in the menu bar"
        return ""

    def _replace(self) -> None:
        self._take_off()
        self._show()

    def _take_off(self) -> None:
        item, self._item = self._item, None
        if item is not None:
            NSStatusBar.systemStatusBar().removeStatusItem_(item)


def clickable(then: Callable[[], None]) -> Any:
    """Return what AppKit may call for a click."""
    target = LamplighterClick.alloc().init()
    target.then = then
    return target


def _entry(words: str, action: str | None = None) -> Any:
    return NSMenuItem.alloc().initWithTitle_action_keyEquivalent_(words, action, "")


def on_main(work: Callable[[], T]) -> T:
    """Return what `work` returns on the main thread; raises BackendUnavailable if that is stuck."""
    if NSThread.isMainThread():
        return work()
    done = threading.Event()
    answer: list[T] = []

    def run() -> None:
        try:
            answer.append(work())
        finally:
            done.set()

    NSOperationQueue.mainQueue().addOperationWithBlock_(run)
    if not done.wait(MAIN_THREAD_S) or not answer:
        raise BackendUnavailable("indicator", "the main run loop does not answer", "log out and in again")
    return answer[0]
