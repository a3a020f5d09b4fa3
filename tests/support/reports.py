"""What an indicator says, kept for a test."""

import asyncio


class Reports:
    """What an indicator said, in order."""

    def __init__(self) -> None:
        self.all: list[tuple[bool, str]] = []
        self._news = asyncio.Event()

    def __call__(self, shown: bool, reason: str) -> None:  # noqa: FBT001 - the port's signature
        self.all.append((shown, reason))
        self._news.set()

    async def shown(self, shown: bool, *, after: int, seconds: float = 1.0) -> str:  # noqa: FBT001
        """Wait for a report of this kind beyond the first `after`; return its reason."""
        async with asyncio.timeout(seconds):
            while True:
                for said, reason in self.all[after:]:
                    if said is shown:
                        return reason
                self._news.clear()
                await self._news.wait()
