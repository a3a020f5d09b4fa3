"""Cards in a reader: the serial number there is the reader's, and would stand for every card in it. Pure.

A card's own number reaches the system only through a reader that is built in; a reader at USB hides it. So a
card there is named by what is on it: the number that its file system got when it was formatted, and its
size. Formatted anew it is another card; one without a number can't be named, so nobody can permit it. Like a
stick's serial number all of it can be copied, and spares no scan.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from lamplighter_agent.backends.media_ports import Volume

# In what readers call themselves. A stick that does so, too, is named by what is on it, which does no harm.
_WORDS: Final = (
    "reader",
    "card",
    "sd/mmc",
    "sd-mmc",
    "multi-card",
    "compact flash",
    "micro sd",
    "microsd",
    "uhs",
)


def calls_itself_reader(names: Iterable[str]) -> bool:
    """Say whether a device is a reader, by the names that it goes by."""
    text = " ".join(names).replace("_", " ").casefold()
    return any(word in text for word in _WORDS)


def name_of(volumes: Sequence[Volume], size_bytes: int) -> str:
    """Return what stands for the card's serial number; "" where it has nothing of its own."""
    ids = [one.uuid for one in volumes if one.uuid.strip("0-")]
    return f"card-{ids[0]}-{size_bytes}" if ids else ""
