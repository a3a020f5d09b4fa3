"""What a device said of its health, in sentences for technicians: what works, what does not, what to do."""

from datetime import datetime
from typing import Final

from lamplighter_collector.devices.beats import Beat, Capability, Heard
from lamplighter_collector.devices.health import Health

SILENT_HOURS: Final = 2
_CLOCK_OFF_MS: Final = 2 * 60_000
_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS


def sentences(device: Health, expected_hours: float) -> tuple[str, ...]:
    """What to know of one device; `expected_hours` is how many hours of lessons passed since it was seen."""
    silent = _silent(device, expected_hours)
    if device.heard is None:
        return (*silent, "It has not said yet how it is.")
    said = device.heard.beat
    return (
        *silent,
        *_clock(device.heard),
        _state(said),
        *(_capability(one) for one in said.capabilities),
        *_troubles(said),
        _versions(said),
    )


def _silent(device: Health, hours: float) -> tuple[str, ...]:
    if device.state != "enrolled" or hours < SILENT_HOURS:
        return ()
    return (
        f"Silent through {round(hours)} hours in which it was expected: is it switched on and connected?",
    )


def _clock(heard: Heard) -> tuple[str, ...]:
    off = abs(heard.skew_ms)
    if off < _CLOCK_OFF_MS:
        return ()
    which = "behind" if heard.skew_ms > 0 else "ahead"
    return (f"Its clock is {_span(off)} {which}: times of what it reports are wrong by that much.",)


def _span(milliseconds: int) -> str:
    for unit, name in ((_DAY_MS, "day"), (_HOUR_MS, "hour")):
        if milliseconds >= 2 * unit:
            return f"{milliseconds // unit} {name}s"
    minutes = milliseconds // _MINUTE_MS
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _state(said: Beat) -> str:
    if not said.sessions:
        return "Nobody was signed in."
    if said.sensing:
        return "It was sensing."
    return (
        "It rested outside its hours." if said.resting else "Somebody was signed in, and nothing was sensed."
    )


def _capability(said: Capability) -> str:
    name = said.sensor[:1].upper() + said.sensor[1:]
    remedy = f" To do: {said.remedy}." if said.remedy else ""
    if said.working:
        backend = f" ({said.backend})" if said.backend else ""
        lacks = f", {said.reason}" if said.reason else ""
        return f"{name}: works{backend}{lacks}.{remedy}{_counted(said)}"
    reason = f": {said.reason}" if said.reason else ""
    return f"{name}: does not work{reason}.{remedy}"


def _counted(said: Capability) -> str:
    """How much came. Nothing at all is worth a word only where something was counted before."""
    if said.quiet_minutes is None:
        return ""
    last = (
        f"{_span(said.quiet_minutes * _MINUTE_MS)} before"
        if said.quiet_minutes
        else "less than a minute before"
    )
    dropped = f", {said.dropped:,} not read" if said.dropped else ""
    events = "1 event" if said.seen == 1 else f"{said.seen:,} events"
    return f" {events}{dropped}, the last {last}."


def _troubles(said: Beat) -> tuple[str, ...]:
    found = []
    if said.helper_restarts:
        times = "once" if said.helper_restarts == 1 else f"{said.helper_restarts} times"
        found.append(f"Its sensing part had to be started again {times} since the service started.")
    if said.spool_records:
        waiting = "1 record waits" if said.spool_records == 1 else f"{said.spool_records:,} records wait"
        found.append(f"{waiting} on it to be sent.")
    if said.on_battery and said.battery_percent >= 0:
        found.append(f"On battery, {said.battery_percent} per cent left.")
    return tuple(found)


def _versions(said: Beat) -> str:
    versions = (("agent", said.agent_version), ("lists", said.list_version), ("policy", said.policy_version))
    told = ", ".join(f"{name} {version}" for name, version in versions if version)
    return f"Versions: {told} on {said.platform or 'an unknown system'}." if told else "It told no versions."


def wall(moment: datetime) -> datetime:
    """A moment by the collector's own wall clock, without its zone: the hours of a policy have none."""
    return moment.astimezone().replace(tzinfo=None)
