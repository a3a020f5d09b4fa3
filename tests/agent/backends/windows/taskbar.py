"""A taskbar that a test hides icons of: the edge of Windows, for what runs without it."""

from collections.abc import Callable

from lamplighter_agent.errors import BackendUnavailable


class Taskbar:
    """One place for one icon."""

    def __init__(self) -> None:
        self.there = True
        self.tip: str | None = None
        self.tips: list[str] = []
        self.clicked: Callable[[], None] = lambda: None
        self.help_clicked: Callable[[], None] = lambda: None
        self.broken = False

    async def open(self, clicked: Callable[[], None], help_clicked: Callable[[], None]) -> None:
        if self.broken:
            raise BackendUnavailable("indicator", "no icon", "sign in")
        self.clicked, self.help_clicked = clicked, help_clicked

    def show(self, tip: str) -> None:
        self.tips.append(tip)
        if self.there:
            self.tip = tip

    def missing(self) -> str:
        return "" if self.tip is not None else "the taskbar has no place for the icon"

    async def close(self) -> None:
        self.tip = None
