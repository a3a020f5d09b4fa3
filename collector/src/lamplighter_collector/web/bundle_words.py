"""What the queue's page says when devices do not have the lists and rules that they should."""

from collections.abc import Sequence

from lamplighter_collector.bundles.reports import (
    EXPIRED,
    EXPIRES_SOON,
    LICENCE_ENDED,
    LICENCE_ENDS_SOON,
    REFUSED,
    UNKNOWN,
    Alarm,
    alarms,
)
from lamplighter_collector.clock import now_ms
from lamplighter_collector.web.desk import Desk

MOST_LINES = 10
_PUBLISH = "Ask your technician to publish them again."
_RENEW = "Ask your technician for `licensed list`, and whoever gave it for a new licence."
_OWN = {
    EXPIRED: f"The word lists of this school are past their date. Devices go on using them. {_PUBLISH}",
    EXPIRES_SOON: f"The word lists of this school are soon past their date. {_PUBLISH}",
    LICENCE_ENDED: f"The licence of a word list has ended: devices no longer look for its words. {_RENEW}",
    LICENCE_ENDS_SOON: f"The licence of a word list ends soon; devices then look for it no longer. {_RENEW}",
}


async def bundle_alarms(desk: Desk) -> list[str]:
    """What is wrong now."""
    found = await desk.reader.read(lambda store: alarms(store, desk.organisation, now_ms()))
    return alarm_lines(found)


def alarm_lines(found: Sequence[Alarm]) -> list[str]:
    """A sentence for each alarm; beyond ten only their number."""
    lines = [_line(alarm) for alarm in found[:MOST_LINES]]
    more = len(found) - MOST_LINES
    return [*lines, f"{more} more devices; your technician can list them."] if more > 0 else lines


def _line(alarm: Alarm) -> str:
    if not alarm.device:
        return _OWN[alarm.state]
    if alarm.state == UNKNOWN:
        return (
            f"{alarm.device} says of its word lists what can't be true here ({alarm.problem}): somebody may "
            "have changed that device, or published lists in this school's name. Tell your technician."
        )
    if alarm.state == REFUSED and alarm.version:
        return (
            f"{alarm.device} did not accept the newest word lists ({alarm.problem}) and goes on with "
            f"version {alarm.version}. Tell your technician."
        )
    if alarm.state == REFUSED:
        return (
            f"{alarm.device} did not accept its word lists ({alarm.problem}): nothing is checked on it. "
            "Tell your technician."
        )
    return f"{alarm.device} uses word lists that are past their date (version {alarm.version})."
