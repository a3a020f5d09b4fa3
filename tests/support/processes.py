"""What running processes use, by the kernel's account."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Proportional set size in MB: what is shared counts by its part. `parts` by what it is for.

    `own` is without what is only read from files: programs come and go as they are run.
    """

    whole: float
    own: float
    parts: dict[str, float]


def memory_of(pid: int) -> Memory:
    """Read every mapping of a process, the largest kinds first."""
    counts: Counter[str] = Counter()
    kind, own = "", 0
    for line in Path(f"/proc/{pid}/smaps").read_text(errors="replace").splitlines():
        name, _, value = line.partition(" ")
        if not name.endswith(":"):
            # Of a mapping: its bounds, mode, offset, device, inode and what is mapped.
            kind = _kind([*line.split(maxsplit=5), ""][5], line.split()[1])
        elif name == "Pss:":
            counts[kind] += int(value.split()[0]) * 1024
        elif name == "Anonymous:":
            own += int(value.split()[0]) * 1024
    parts = {kind: round(size / _MB, 1) for kind, size in counts.most_common() if size >= _MB / 20}
    return Memory(whole=round(counts.total() / _MB, 1), own=round(own / _MB, 2), parts=parts)


def _kind(mapped: str, mode: str) -> str:
    if mapped == "[heap]":
        return "heap of libraries"
    if mapped.startswith("["):
        return "stacks"
    if not mapped:
        return "objects"
    path = Path(mapped)
    name = next((part for part in path.parts if part in _PACKAGES), path.name.split(".")[0])
    return f"{name}, {'code' if 'w' not in mode else 'data'}"


_PACKAGES = ("grpc", "cryptography", "ahocorasick_rs", "google", "dbus_fast", "rapidfuzz", "lib-dynload")


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def descriptors_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
