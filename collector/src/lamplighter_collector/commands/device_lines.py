"""One laptop of the register in a few short lines, and all of it in many; pure.

Records are those of `devices.desk.devices`. What a device said of itself may be anything: it is shown only.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_CLOCK_OFF_MS: Final = 2 * 60_000
_NOTHING_WRONG: Final = frozenset({"", "none", "current"})
"""States of a bundle; a laptop without any has a line of its own."""


def short_lines(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Asset tag, state and last sign of life of each in columns; below it what needs attention."""
    rows = [(str(one["device"]), str(one["state"]), f"seen {one['seen'] or 'never'}") for one in records]
    widths = [max((len(row[place]) for row in rows), default=0) for place in range(2)]
    for row, record in zip(rows, records, strict=True):
        yield f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]}"
        yield from (f"  - {one}" for one in attention(record))


def attention(record: Mapping[str, Any]) -> Iterator[str]:
    """What a technician should look into; of a laptop that has ended only when and why."""
    if record["ended"]:
        yield f"ended {record['ended']} ({record['why']})"
        return
    if record["superseded"]:
        yield f"asked with an old copy of its certificate on {record['superseded']}: enrol it again"
    if record["copied"]:
        yield f"another machine has a copy of its disk, told on {record['copied']}: enrol that one by itself"
    yield from _bundle(record)
    if record["health"] is None:
        yield "has not said yet how it is"
    else:
        yield from _health(record["health"])


def _bundle(record: Mapping[str, Any]) -> Iterator[str]:
    if not record["bundle"]:
        yield "no signed lists yet, so nothing is sensed"
    if record["bundle_problem"] or record["bundle_state"] not in _NOTHING_WRONG:
        problem = f" ({record['bundle_problem']})" if record["bundle_problem"] else ""
        yield f"signed lists: version {record['bundle']}, {record['bundle_state']}{problem}"


def _health(health: Mapping[str, Any]) -> Iterator[str]:
    off = health["clock_behind_ms"]
    if abs(off) >= _CLOCK_OFF_MS:
        yield f"its clock is {abs(off) // 60_000} minutes {'behind' if off > 0 else 'ahead'}"
    told = health["capabilities"]
    if idle := sorted({one["sensor"] for one in told if not one["working"]}):
        yield f"does not work: {', '.join(idle)}"
    if partly := sorted({one["sensor"] for one in told if one["working"] and one["reason"]}):
        yield f"works in part: {', '.join(partly)}"


def all_lines(record: Mapping[str, Any], *, indent: str = "") -> Iterator[str]:
    """Every field of one laptop, a line each; parts of a field stand below it, further in."""
    for key, value in record.items():
        name = f"{indent}{key.replace('_', ' ')}"
        if isinstance(value, Mapping):
            yield f"{name}:"
            yield from all_lines(value, indent=f"{indent}  ")
        elif key == "capabilities":
            yield f"{name}:"
            yield from (f"{indent}  {_capability(one)}" for one in value)
        else:
            yield f"{name}: {_plain(value)}"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None or value == "" else str(value)


def _capability(said: Mapping[str, Any]) -> str:
    backend = f" ({said['backend']})" if said["backend"] else ""
    words = f"{said['sensor']}{backend}: {'works' if said['working'] else 'does not work'}"
    words += f", {said['reason']}" if said["reason"] else ""
    return f"{words}. To do: {said['remedy']}" if said["remedy"] else words
