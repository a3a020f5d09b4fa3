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
# So soon again where it was: a helper that somebody killed is to be back at once.
CONFIRM_SECONDS: Final = 0.3
# The service asks another part of the system than we do, which may hear of an unlocked screen a moment later.
LOOKS_ALIKE: Final = 2
# launchd would have one that is refused back in two seconds, and each time counts as a stranger.
REFUSED_SECONDS: Final = 10.0


async def until_in_front(opens: OpensSystem, *, look_seconds: float = LOOK_SECONDS) -> None:
    """Return when this session is in front; at once where that can't be asked: the service decides."""
    try:
        system = opens()
    except BackendUnavailable:
        return
    alike = int(system.in_front())
    while alike < LOOKS_ALIKE:
        await asyncio.sleep(min(CONFIRM_SECONDS, look_seconds) if alike else look_seconds)
        alike = alike + 1 if system.in_front() else 0


async def after_refusal(*, seconds: float = REFUSED_SECONDS) -> None:
    """Wait before a helper that the service did not let in ends."""
    await asyncio.sleep(seconds)
