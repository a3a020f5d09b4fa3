"""Chooses the backends that the service uses, for this machine. No display code is loaded here."""

import sys

from lamplighter_agent.backends.ports import MediaWatch

if sys.platform == "linux":
    from lamplighter_agent.backends.linux.media import UdevMedia

    def media_watch() -> MediaWatch:
        """Choose what tells of portable media."""
        return UdevMedia()

else:
    from lamplighter_agent.backends.null import NullSource

    def media_watch() -> MediaWatch:
        """Nothing tells of portable media here yet."""
        return NullSource("MediaWatch", f"not built for {sys.platform} yet", "use a device with Linux")
