"""Whether somebody holds a process still or traces it, from /proc (proc_pid_status(5))."""

from pathlib import Path

from lamplighter_agent.backends.ports import ProcessCondition


def condition_of(pid: int) -> ProcessCondition:
    """Return how a process of ours is; one that has ended is fine: its end is told elsewhere."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ProcessCondition.FINE
    # Each line is a name, a colon and a value. A process may give itself any name, but not another line:
    # the kernel escapes line ends in it.
    found = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    if found.get("TracerPid", "0").strip() != "0":
        return ProcessCondition.TRACED
    return ProcessCondition.STOPPED if found.get("State", "").startswith("T") else ProcessCondition.FINE
