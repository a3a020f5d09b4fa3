"""Tells a person once that the school said no to what they asked for, whether or not the medium is in.

Only who asked is told, while they are alone in front of the device (`running.py` says who that is). No reason
is said: what a technician writes is for the register, and nobody writes to a pupil here.
"""

import asyncio
from collections.abc import Awaitable, Callable

from lamplighter_agent.media.asked import Asked
from lamplighter_agent.media.stay import Person
from lamplighter_agent.supervision import told_at_once


class Answering:
    """Used on the service's loop only."""

    def __init__(self, asked: Asked, tell: Callable[[Person, str], Awaitable[bool]]) -> None:
        """`tell` gets what the medium is called, and says whether it was shown."""
        self._asked = asked
        self._tell = tell
        self._telling: dict[str, asyncio.Task[None]] = {}

    def look(self, person: Person | None) -> None:
        """Tell who is here what came meanwhile; returns at once."""
        if person is None or person.session is None or person.mark in self._telling:
            return
        if not self._asked.has_refused(person):
            return
        task = asyncio.create_task(self._answer(person), name="requests answered")
        self._telling[person.mark] = told_at_once(task)
        task.add_done_callback(lambda _: self._telling.pop(person.mark, None))

    async def stop(self) -> None:
        """Tell nobody any more."""
        tasks = list(self._telling.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, person: Person) -> None:
        while (one := self._asked.take_refused(person)) is not None:
            if not await self._tell(person, one.called):
                self._asked.put_back(one)
                return
