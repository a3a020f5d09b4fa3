"""Our strip over programs that fill the screen, by AppKit, on the main thread alone. Not proven."""

from typing import Any

from AppKit import (
    NSBackingStoreBuffered,
    NSButton,
    NSColor,
    NSPanel,
    NSScreen,
    NSStatusWindowLevel,
    NSWindowCollectionBehaviorCanJoinAllSpaces,
    NSWindowCollectionBehaviorFullScreenAuxiliary,
    NSWindowCollectionBehaviorIgnoresCycle,
    NSWindowCollectionBehaviorStationary,
    NSWindowOcclusionStateVisible,
    NSWindowStyleMaskBorderless,
    NSWindowStyleMaskNonactivatingPanel,
)

from lamplighter_agent.backends.macos._status_item import clickable, on_main
from lamplighter_agent.backends.macos.system import LampPresses, LampWords

HEIGHT, GAP = 26.0, 8.0
_IN_EVERY_SPACE = (
    NSWindowCollectionBehaviorCanJoinAllSpaces
    | NSWindowCollectionBehaviorStationary
    | NSWindowCollectionBehaviorFullScreenAuxiliary
    | NSWindowCollectionBehaviorIgnoresCycle
)


class StripPanel:
    """Fills `Strip`: at the top of the screen, in the middle, as wide as its words."""

    def __init__(self, presses: LampPresses) -> None:
        self._targets: list[Any] = [clickable(presses.page), clickable(presses.help)]
        self._panel: Any = None
        self._place: Any = None

    def show(self, words: LampWords) -> None:
        on_main(lambda: self._show(words))

    def hide(self) -> None:
        on_main(self._hide)

    def missing(self) -> str:
        return on_main(self._missing)

    def _show(self, words: LampWords) -> None:
        self._hide()
        buttons = [
            NSButton.buttonWithTitle_target_action_(title, target, "clicked:")
            for title, target in zip((words.title, words.help), self._targets, strict=True)
        ]
        width = GAP
        for button in buttons:
            button.sizeToFit()
            size = button.frame().size
            button.setFrameOrigin_((width, (HEIGHT - size.height) / 2))
            width += size.width + GAP
        self._place = self._place_for(width)
        panel = NSPanel.alloc().initWithContentRect_styleMask_backing_defer_(
            self._place,
            NSWindowStyleMaskBorderless | NSWindowStyleMaskNonactivatingPanel,
            NSBackingStoreBuffered,
            False,
        )
        panel.setReleasedWhenClosed_(False)
        panel.setLevel_(NSStatusWindowLevel)
        panel.setCollectionBehavior_(_IN_EVERY_SPACE)
        panel.setHidesOnDeactivate_(False)
        panel.setCanHide_(False)
        panel.setBackgroundColor_(NSColor.windowBackgroundColor())
        buttons[0].setToolTip_(words.about)
        for button in buttons:
            panel.contentView().addSubview_(button)
        panel.orderFrontRegardless()
        self._panel = panel

    def _place_for(self, width: float) -> Any:
        # The screen that has the keyboard.
        screen = NSScreen.mainScreen().frame()
        left = screen.origin.x + (screen.size.width - width) / 2
        return ((left, screen.origin.y + screen.size.height - HEIGHT), (width, HEIGHT))

    def _missing(self) -> str:
        panel = self._panel
        if panel is None or not panel.isVisible():
            return "the strip was taken away"
        if panel.screen() is None or tuple(map(tuple, panel.frame())) != self._place:
            return "the strip is not where it was put"
        if not panel.isOnActiveSpace() or panel.alphaValue() < 1:
            return "the strip is not in sight"
        if not panel.occlusionState() & NSWindowOcclusionStateVisible:
            return "something covers the strip"
        return ""

    def _hide(self) -> None:
        panel, self._panel = self._panel, None
        if panel is not None:
            panel.orderOut_(None)
            panel.close()
