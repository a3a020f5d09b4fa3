"""What the service stands on, as each system has it; `select_ground` chooses.

One service, one launcher, one local server: what differs is how a person's session is found, how a helper
gets into it and is known again, how somebody there is asked or shown a page, and whose folders are whose.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from lamplighter_agent.launcher import Watcher
from lamplighter_agent.launching import Account, DescribedFinder, GraphicalSession, LaunchSettings
from lamplighter_agent.local_ipc.access import Child
from lamplighter_agent.local_ipc.server import Door
from lamplighter_agent.notice.asking import Asks, OpensPages
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.status import Boundary


class Helpers(Protocol):
    """Who keeps a helper in each session; the launcher, where the service starts them."""

    def children(self) -> Mapping[int, Child]:
        """Return the helpers that may speak, by process id."""
        ...

    @property
    def uids(self) -> frozenset[int]:
        """Whose sessions there are."""
        ...

    def session_of(self, pid: int) -> GraphicalSession: ...

    def settled(self, pid: int) -> None:
        """Take note that a helper does its work."""

    def restart(self, pid: int) -> None:
        """End a helper that must not go on; another one follows."""

    async def run(self) -> None:
        """Work until cancelled, then leave no helper behind."""


class Ground(Protocol):
    """One system's. Making it raises `ConfigError` where what must be kept apart can't be."""

    @property
    def boundary(self) -> Boundary: ...

    @property
    def unproven(self) -> str:
        """Say what of all this nobody has seen on such a device; "" where it is tried there."""
        ...

    def settings(self, organisation: str) -> LaunchSettings:
        """Return what is the same for every helper."""
        ...

    def tools(self, settings: LaunchSettings) -> None:
        """Raise `BackendUnavailable` where something is missing that starts a helper."""

    def folders(self) -> None:
        """Make the service's folders; raise `ConfigError` where they are not its own."""

    def finder(self, told: Callable[[], None], sessions: asyncio.Event) -> DescribedFinder:
        """Return who knows the sessions to watch; raise `ConfigError` for one that can't be kept apart.

        `told` is called when what it says of itself changes; at `sessions` it looks again.
        """
        ...

    def door(self, settings: LaunchSettings) -> Door:
        """Return where helpers come in."""
        ...

    def helpers(self, settings: LaunchSettings, finder: DescribedFinder, watcher: Watcher) -> Helpers: ...

    def dialogs(self, settings: LaunchSettings) -> Asks:
        """Return what asks a person at the device."""
        ...

    def pages(self, files: PageFiles, settings: LaunchSettings) -> OpensPages:
        """Return what opens the page for the person who clicked."""
        ...

    async def end_sessions(self, account: Account) -> bool:
        """End this account's sessions at this device; False where that can't be done."""
        ...
