"""Takes every mount of a volume away.

UDisks unmounts, since the service may live in a mount namespace of its own. What outlives a mount is for
`_freed`.
"""

import contextlib
from typing import Final

from lamplighter_agent.backends.linux import _block, _udisks
from lamplighter_agent.backends.linux._own_thread import apart
from lamplighter_agent.errors import BackendUnavailable

# A mount may lie above another of the same volume.
_MOST_MOUNTS: Final = 16


async def unmount(node: str) -> None:
    """Take every mount of it away; what this process does not see, UDisks does."""
    for _ in range(_MOST_MOUNTS):
        found = await apart(_block.mounts, node)
        if not found:
            return
        await apart(_block.flush, found[0].place)
        try:
            await _udisks.unmount(node)
        except BackendUnavailable:
            with contextlib.suppress(OSError):
                await apart(_block.detach, found[0].place)
