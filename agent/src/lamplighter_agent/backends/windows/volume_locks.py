"""Volumes that nobody may open: the guard locks them, and lends them to the scanner and takes them back.

A lock is the kernel's: it lasts as long as its handle, so never longer than this process. It covers also
the volume's own name, which needs no letter. Any thread.
"""

import contextlib
import threading
from collections.abc import Iterator

from lamplighter_agent.backends.windows.media_system import Held, VolumeControl


class VolumeLocks:
    """One for guard and scanner together."""

    def __init__(self, control: VolumeControl) -> None:
        self._control = control
        self._guard = threading.Lock()
        self._wanted: set[str] = set()
        self._lent: set[str] = set()
        self._held: dict[str, Held] = {}

    def lock(self, volume: str) -> None:
        """Dismount a volume and let nobody open it; raises OSError. One that is lent is locked afterwards."""
        with self._guard:
            if volume not in self._held and volume not in self._lent:
                self._held[volume] = self._control.lock(volume)
            self._wanted.add(volume)

    def unlock(self, volume: str) -> None:
        """Let it be opened; one that is not locked is fine."""
        with self._guard:
            self._wanted.discard(volume)
            held = self._held.pop(volume, None)
        if held is not None:
            held.close()

    def holds(self, volume: str) -> bool:
        """Say whether a volume is locked, or lent to be scanned."""
        with self._guard:
            return volume in self._held or volume in self._lent

    def close(self) -> None:
        """Unlock everything."""
        for volume in [*self._wanted]:
            self.unlock(volume)

    @contextlib.contextmanager
    def lent(self, volume: str) -> Iterator[None]:
        """Have it unlocked for a while, and locked again behind it where that is still wanted."""
        with self._guard:
            self._lent.add(volume)
            held = self._held.pop(volume, None)
        if held is not None:
            held.close()
        try:
            yield
        finally:
            with self._guard:
                self._lent.discard(volume)
                if volume in self._wanted:
                    # Taken out meanwhile: then there is nothing to lock, and the next hold says so.
                    with contextlib.suppress(OSError):
                        self._held[volume] = self._control.lock(volume)
