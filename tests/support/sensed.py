"""What a running `DesktopSensing` handed over, and ways to use a desktop without blocking its loop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lamplighter_agent.observation import TypedText, UnseenReason, WindowTitle
from lamplighter_agent.sensing.desktop import DesktopSensing
from lamplighter_agent.sensing.open import open_desktop

T = TypeVar("T")


@dataclass(slots=True)
class Sensed:
    """Collects what sensing reports; `sensing` is the one under test."""

    typed: list[TypedText] = field(default_factory=list)
    titles: list[WindowTitle] = field(default_factory=list)
    unseen: list[tuple[UnseenReason, int]] = field(default_factory=list)
    sensing: DesktopSensing | None = None

    def sink(self, observation: TypedText | WindowTitle) -> None:
        if isinstance(observation, TypedText):
            self.typed.append(observation)
        else:
            self.titles.append(observation)

    def count(self, reason: UnseenReason, count: int) -> None:
        self.unseen.append((reason, count))

    def everything(self) -> str:
        """Return all text that was handed over, for a search."""
        return "\n".join([o.text for o in self.typed] + [o.title for o in self.titles])

    async def text(self, wanted: str, *, application: str | None = None) -> TypedText:
        """Wait until a window of typed text holds `wanted`."""

        def look() -> TypedText | None:
            for typed in self.typed:
                if wanted in typed.text and application in (None, typed.application):
                    return typed
            return None

        return await eventually(look, f"typed {wanted!r} among {[o.text for o in self.typed]}, {self.unseen}")

    async def title(self, wanted: str) -> WindowTitle:
        """Wait until the title was reported."""
        return await eventually(
            lambda: next((o for o in self.titles if o.title == wanted), None), f"title {wanted!r}"
        )


async def eventually(look: Callable[[], T | None], what: str, *, seconds: float = 60.0) -> T:
    """Return the first true answer of `look`; fail naming `what` at the deadline."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        answer = look()
        if answer:
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {seconds} s: {what}")


async def aside(work: Callable[..., T], *arguments: Any, **more: Any) -> T:
    """Run something that blocks beside the loop."""
    return await asyncio.to_thread(work, *arguments, **more)


@asynccontextmanager
async def sensing(environment: Mapping[str, str]) -> AsyncIterator[Sensed]:
    """Run the sensing of a desktop."""
    sensed = Sensed()
    sensed.sensing = open_desktop(environment, sink=sensed.sink, unseen=sensed.count)
    await sensed.sensing.start()
    try:
        yield sensed
    finally:
        await sensed.sensing.stop()
