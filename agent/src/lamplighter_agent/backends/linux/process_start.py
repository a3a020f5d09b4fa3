"""When a process started, from /proc: that it is there everybody may see, who may not signal it."""

from pathlib import Path


def started_at(pid: int) -> int | None:
    """Return when it started, in clock ticks since the device did; None where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        # The name, in brackets, may hold anything; the start is the 20th field behind it.
        return int(stat.rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None
