"""The health of devices in plain sentences."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lamplighter_keywords.policy.device_policy import DevicePolicy

from lamplighter_collector.clock import moment_of
from lamplighter_collector.devices.acknowledgements import Acknowledged
from lamplighter_collector.devices.expected import expected_hours
from lamplighter_collector.devices.health import Health, Tally
from lamplighter_collector.people.attempts import WINDOW_MINUTES
from lamplighter_collector.web.health_words import sentences, wall

SILENT_AFTER: Final = timedelta(days=7)
_TOLD_FOR: Final = timedelta(days=30)
_JUST_NOW: Final = timedelta(minutes=10)
_STATES: Final = {"enrolled": "Enrolled", "revoked": "Revoked", "retired": "Retired"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """One device, worded."""

    asset_tag: str
    state: str
    seen: str
    bundle: str
    identity: str
    health: tuple[str, ...]


def answer(found: Tally) -> str:
    """The state of all in one sentence."""
    seen = found.enrolled - found.silent
    sentence = f"{seen} of {found.enrolled} enrolled devices were seen in the last 7 days"
    if not found.silent:
        return sentence
    return f"{sentence}, {found.silent} {'was' if found.silent == 1 else 'were'} silent"


def locked_words(locked: int) -> str:
    """For whoever can help; empty when nobody is kept from signing in."""
    if not locked:
        return ""
    who = (
        "One login, browser or address has" if locked == 1 else f"{locked} logins, browsers or addresses have"
    )
    return (
        f"{who} tried too many wrong passwords and must wait up to {WINDOW_MINUTES} minutes to sign in. "
        "If somebody is kept out by this, the technician can end it on the collector with accounts unlock."
    )


def line_of(
    device: Health,
    now: datetime,
    policy: DevicePolicy | None = None,
    notice: Acknowledged | None = None,
) -> DeviceLine:
    """Word one device: `policy` has its hours, `notice` what people answered at sign-in."""
    hours = expected_hours(policy or DevicePolicy(), wall(moment_of(device.last_seen_at_ms)), wall(now))
    return DeviceLine(
        asset_tag=device.asset_tag,
        state=_STATES.get(device.state, device.state),
        seen=_seen(moment_of(device.last_seen_at_ms), now),
        bundle=_bundle(device),
        identity=_identity(device, now),
        health=(*sentences(device, hours), *([notice.words] if notice else [])),
    )


def _seen(at: datetime, now: datetime) -> str:
    if now - at < _JUST_NOW:
        return "in the last 10 minutes"
    at, now = wall(at), wall(now)
    if at.date() == now.date():
        return f"today at {at:%H:%M}"
    days = (now.date() - at.date()).days
    return f"{at.day} {at:%B} {at.year}, {days} {'day' if days == 1 else 'days'} ago"


def _bundle(device: Health) -> str:
    if not device.bundle_version:
        return "none yet, so nothing is sensed"
    words = f"version {device.bundle_version}"
    if device.bundle_state:
        words += f", {device.bundle_state.replace('-', ' ')}"
    if device.bundle_problem:
        words += f" ({device.bundle_problem.replace('-', ' ')})"
    return words


def _identity(device: Health, now: datetime) -> str:
    """What of its identity somebody should look into."""
    if device.superseded_at_ms:
        at = _seen(moment_of(device.superseded_at_ms), now)
        return f"an old certificate of it was used, last {at}: its key may have been copied. Enrol it again"
    copied = moment_of(device.copied_at_ms)
    if now - copied < _TOLD_FOR:
        at = _seen(copied, now)
        return (
            f"another machine has a copy of its disk, told {at}, and senses nothing: enrol that one by itself"
        )
    replaced = moment_of(device.replaced_at_ms)
    if now - replaced < _TOLD_FOR:
        return f"enrolled again {_seen(replaced, now)}, in place of a laptop with this tag that was in use"
    return "as it should be"
