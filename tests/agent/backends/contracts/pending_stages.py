"""Places for what a device shall enrol with, each with a way to let others at it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from lamplighter_agent.backends.macos.pending_managed import ManagedEnrolment
from lamplighter_agent.backends.pending_port import PendingPlace
from lamplighter_agent.backends.posix.pending_file import PendingFile
from lamplighter_agent.backends.windows.pending_registry import KEY, PendingRegistry

from tests.support.fakes.windows_registry import PretendedRegistry

# A place, what lets another account write to it, and what lets it read a file.
Stage: TypeAlias = tuple[PendingPlace, Callable[[], None], Callable[[Path], None]]


def in_a_file(folder: Path) -> Stage:
    place = PendingFile(folder / "agent.toml")
    return place, lambda: Path(place.where).chmod(0o620), lambda file: file.chmod(0o640)


def beside_a_profile(folder: Path) -> Stage:
    place = ManagedEnrolment(folder / "agent.toml", managed=folder / "no profile")
    return place, lambda: Path(place.where).chmod(0o620), lambda file: file.chmod(0o640)


def in_the_registry(folder: Path) -> Stage:
    del folder
    registry = PretendedRegistry()
    return PendingRegistry(registry, registry), lambda: registry.writable.add(KEY), registry.shown.add
