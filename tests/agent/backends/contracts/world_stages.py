"""The guard on Linux: a stick in a small machine with real udevd, UDisks2 and polkitd, and two pupils."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from lamplighter_agent.backends.media_ports import Medium

from tests.support.guard_driver import DrivenGuard
from tests.support.media_world import OTHER, PUPIL, MediaWorld, media_world


class WorldGuardStage:
    """A stick, and a guard in a process of its own."""

    account, stranger = PUPIL, OTHER

    def __init__(self, world: MediaWorld) -> None:
        self._world = world
        self._stick = world.make_stick("stick", files={"essay.txt": b"about lamps"})
        self.guard = DrivenGuard(world)
        self.guards = [self.guard]

    async def put_in(self) -> Medium:
        await asyncio.to_thread(self._world.put_in, self._stick)
        return await self.guard.look(self._stick.node)

    async def take_out(self) -> None:
        await asyncio.to_thread(self._world.take_out, self._stick)

    async def may_use(self, medium: Medium, account_name: str) -> str:
        return await asyncio.to_thread(self._try, account_name)

    def _try(self, user: str) -> str:
        place = self._world.mount_as(user, self._stick)
        if not place:
            return ""
        read = self._world.run("cat", f"{place}/essay.txt", user=user) == "about lamps"
        written = self._world.run("touch", f"{place}/new", user=user) == ""
        self._world.unmount_as(user, self._stick)
        return ("r" if read else "") + ("w" if written else "")

    async def crash(self) -> DrivenGuard:
        self.guard.kill()
        await asyncio.to_thread(self.guard.close)
        self.guard = DrivenGuard(self._world)
        self.guards.append(self.guard)
        return self.guard


@asynccontextmanager
async def guard(request: pytest.FixtureRequest) -> AsyncIterator[WorldGuardStage]:
    folder: Path = request.getfixturevalue("tmp_path")
    with media_world(folder) as world:
        stage = WorldGuardStage(world)
        try:
            yield stage
        finally:
            for one in stage.guards:
                one.close()
