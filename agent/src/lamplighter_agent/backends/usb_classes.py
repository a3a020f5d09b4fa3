"""What a USB device is by the classes of its interfaces: a phone, a camera, or storage that deceives. Pure.

A class is told with its subclass and protocol in hexadecimal, such as "080650". Numbers by the USB
Implementers Forum's list of class codes.
"""

from collections.abc import Collection
from typing import Final

from lamplighter_agent.backends.media_ports import MediumKind

_STORAGE: Final = "08"
# Keyboards and mice; network cards and modems; network cards of Windows' kind, and radios.
_NEVER_BESIDE_STORAGE: Final = frozenset({"03", "02", "e0"})
_STILL_IMAGE: Final = "0601"
# Android's debugging bridge, and the protocol of iPhones: both carry files.
_PHONES: Final = frozenset({"ff4201", "fffe02"})


def is_deceptive(classes: Collection[str]) -> bool:
    """Say whether it is storage and, unasked, something that types or joins a network, too."""
    kinds = {one[:2] for one in classes}
    return _STORAGE in kinds and not kinds.isdisjoint(_NEVER_BESIDE_STORAGE)


def kind_of(classes: Collection[str]) -> MediumKind | None:
    """Say whether it is a phone or a camera, which have no volume; None for anything else."""
    if not _PHONES.isdisjoint(classes):
        return MediumKind.PHONE
    return MediumKind.CAMERA if any(one.startswith(_STILL_IMAGE) for one in classes) else None
