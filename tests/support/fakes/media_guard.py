"""A guard of portable media that keeps only records of who may use what."""

from lamplighter_agent.backends.media_ports import Medium, Volume
from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.errors import NotHeld, NotReleased, StillInUse


class FakeGuard:
    """Fills `MediaGuard`."""

    name = "fake guard"

    def __init__(self) -> None:
        # Set to what the system says where it does not enforce.
        self.unready: tuple[str, str] = ("", "")
        # What lets people use media died.
        self.away = False
        self.held: dict[str, Medium] = {}
        # (node, account) -> writable
        self.released: dict[tuple[str, str], bool] = {}
        self.disconnected: set[str] = set()
        # Keys of media that are pulled at the next step.
        self.pulled: set[str] = set()
        # How often one was to be held.
        self.tried = 0
        # Keys of media that somebody keeps in use, whatever is done about it, and what is told of that.
        self.kept: dict[str, StillInUse] = {}

    async def ready(self) -> SensorState:
        reason, remedy = ("it does not answer", "start it") if self.away else self.unready
        return SensorState(
            sensor="media guard", working=not reason, backend=self.name, reason=reason, remedy=remedy
        )

    async def answers(self) -> bool:
        return not self.away

    async def withdraw_all(self) -> None:
        self.held.clear()
        self.released.clear()

    async def hold(self, medium: Medium) -> None:
        self.tried += 1
        await self.withdraw(medium.key)
        if medium.key in self.pulled:
            raise NotHeld("the medium is gone")
        self.held[medium.key] = medium
        if medium.deceptive:
            self.disconnected.add(medium.key)

    async def release(self, volume: Volume, account_name: str, *, writable: bool) -> None:
        if not account_name.isprintable() or "/" in account_name or account_name in {"", ".", ".."}:
            raise NotReleased("no name of an account")
        medium = next((one for one in self.held.values() if volume in one.volumes), None)
        if medium is None or medium.key in self.pulled:
            raise NotReleased("not a volume that is held")
        if self.away:
            raise NotReleased("it does not answer")
        if medium.deceptive or self.unready[0]:
            raise NotReleased("deceptive" if medium.deceptive else self.unready[0])
        self.released[volume.node, account_name] = writable

    async def withdraw(self, key: str) -> None:
        medium = self.held.pop(key, None)
        nodes = {volume.node for volume in medium.volumes} if medium else set()
        self.released = {place: how for place, how in self.released.items() if place[0] not in nodes}
        if key in self.kept:
            raise self.kept[key]

    async def stop(self) -> None:
        await self.withdraw_all()
