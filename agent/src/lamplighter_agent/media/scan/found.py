"""What a walk through a medium finds, whatever system walks."""

import contextlib
import errno
import os
from dataclasses import dataclass, field

from lamplighter_agent.media.scan.outcome import Reason

# Not every system has each of them.
_NAMES = ("ENODEV", "ENXIO", "ENOTCONN", "ESTALE", "ESHUTDOWN", "ENOMEDIUM")
_GONE = frozenset(getattr(errno, name) for name in _NAMES if hasattr(errno, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that was opened; whoever gets it closes the descriptor. `path` is from the medium's root."""

    path: bytes = field(repr=False)
    descriptor: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder, told before what is in it."""

    path: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to something that is on the medium itself, and so is looked at there."""

    path: bytes = field(repr=False)
    target: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something that was not looked at, and why; with `end` neither is anything after it."""

    reason: Reason
    end: bool = False


Found = File | Folder | Link | Skipped


def unread(error: OSError) -> Reason:
    """Return what it means that something could not be opened or read."""
    return Reason.MEDIUM_GONE if error.errno in _GONE else Reason.READ_ERROR


def let_go(descriptor: int) -> None:
    """Close it. A file system that went may find fault with that, too, and nothing comes of it."""
    with contextlib.suppress(OSError):
        os.close(descriptor)
