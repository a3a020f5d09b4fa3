"""Keeps a helper from the service until its session is in front of the screen and unlocked.

launchd starts one in every graphical session and starts it again whenever the service has sent it away. The
service lets in only who is in front and counts everybody else as a stranger: so the helper waits, unseen and
blind. Nothing tells of it in a way that lives through sleep, so it is asked for.
"""

import asyncio
from typing import Final

from lamplighter_agent.backends.macos.system import OpensSystem
from lamplighter_agent.errors import BackendUnavailable

LOOK_SECONDS: Final = 1.0


async def until_in_front(opens: OpensSystem, *, look_seconds: float = LOOK_SECONDS) -> None:
    """Return when this session is in front; at once where that can't be asked: the service decides."""
    try:
        system = opens()
    except BackendUnavailable:
        return
    while not system.in_front():  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(look_seconds)
