"""How a system runs a service: what it may wish of it while it runs, and the work that hears it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Set on the service's loop by whoever runs it."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    # Begin anew in the same process, from what lies on the disk now.
    again: asyncio.Event = field(default_factory=asyncio.Event)
    # Sessions came or went; where the system has nobody else to tell of them.
    sessions: asyncio.Event = field(default_factory=asyncio.Event)


Work: TypeAlias = Callable[[Wishes], Awaitable[None]]
