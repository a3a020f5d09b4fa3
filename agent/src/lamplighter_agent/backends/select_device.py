"""Chooses the backends that the service uses, for this machine. No display code is loaded here."""

import sys

from lamplighter_agent.backends.ports import MediaWatch

__all__ = ["battery", "media_watch", "slept_seconds"]

if sys.platform == "linux":
    from lamplighter_agent.backends.linux.media import UdevMedia
    from lamplighter_agent.backends.linux.power import battery, slept_seconds

    def media_watch() -> MediaWatch:
        """Choose what tells of portable media."""
        return UdevMedia()

else:
    from lamplighter_agent.backends.null import NullSource

    def battery() -> tuple[int, bool]:
        """Nothing is known of a battery here yet."""
        return -1, False

    def slept_seconds() -> float:
        """Nothing is known of suspends here yet."""
        return 0.0

    def media_watch() -> MediaWatch:
        """Nothing tells of portable media here yet."""
        return NullSource("MediaWatch", f"not built for {sys.platform} yet", "use a device with Linux")
