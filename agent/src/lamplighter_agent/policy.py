"""Whether a session may be sensed, by what, and why not; by the school's signed policy. Pure.

Times are the device's own wall time, as the policy's are. `on_site` is whether the device is at school for
sure (`place.py`); not being sure counts as being away, whose rules are the more private ones.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lamplighter_keywords.policy.device_policy import DevicePolicy, Floor
from lamplighter_keywords.policy.policy_hours import changes_at, is_open
from lamplighter_keywords.terms import UserKind as PolicyKind
from lamplighter_protos.v1 import detection_pb2 as pb
from lamplighter_protos.v1.local_pb2 import SensingPolicy

from lamplighter_agent.detection import UserKind
from lamplighter_agent.media.found import SEVERITY as MEDIA_SEVERITY
from lamplighter_agent.observation import Observation, WindowTitle

WAITING: Final = "waiting for the school's first signed lists"
NOT_ASSESSED: Final = "staff: no assessment is on record (groups.staff.dpia of the device policy)"
AWAY: Final = "away from school, or not sure to be there: by the device policy nothing is checked then"
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def policy_for(
    kind: UserKind, policy: DevicePolicy | None, *, not_now: str, now: datetime, on_site: bool
) -> SensingPolicy:
    """Return what the helper of such a user is told; `not_now` is why nobody is sensed on this device.

    `now` is naive and local.
    """
    if not_now or policy is None:
        return SensingPolicy(sensing=False, reason=not_now or WAITING)
    rules = policy.rules(policy_kind(kind))
    if kind == pb.USER_KIND_STAFF and not policy.staff_dpia:
        return SensingPolicy(sensing=False, reason=NOT_ASSESSED)
    if not (rules.typed or rules.titles):
        return SensingPolicy(sensing=False, reason="switched off by the device policy")
    if floor_of(kind, policy, now, on_site=on_site) is None:
        until = _away_until(kind, policy, now)
        reason = f"{AWAY}, until {until}" if until else AWAY
        return SensingPolicy(sensing=False, reason=reason, resting=True, rests_until=until)
    if not is_open(rules.hours, policy.terms, now):
        until = rests_until(kind, policy, now)
        reason = f"outside the hours of the device policy, until {until}" if until else "outside all terms"
        return SensingPolicy(sensing=False, reason=reason, resting=True, rests_until=until)
    return SensingPolicy(sensing=True, typed_off=not rules.typed, titles_off=not rules.titles)


def floor_of(kind: UserKind, policy: DevicePolicy, now: datetime, *, on_site: bool) -> Floor | None:
    """Return from which severity a match counts here and now; None where nothing is sensed."""
    place = policy.rules(policy_kind(kind)).place
    if on_site:
        return place.on_site
    return place.off_site if is_open(place.when, policy.terms, now) else place.off_site_otherwise


def wanted(told: SensingPolicy, observation: Observation) -> bool:
    """Say whether an observation may be judged by what its helper was told."""
    off = told.titles_off if isinstance(observation, WindowTitle) else told.typed_off
    return told.sensing and not off


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFinding:
    """What is found of a portable medium: that it came, where nothing else is said."""

    severity: int = MEDIA_SEVERITY
    core: bool = False


def media_wanted(
    kind: UserKind,
    policy: DevicePolicy | None,
    now: datetime,
    *,
    on_site: bool,
    found: MediaFinding | None = None,
) -> bool:
    """Say whether this is recorded of portable media while such a user is here; it counts as any finding."""
    found = found or MediaFinding()
    if policy is None or (kind == pb.USER_KIND_STAFF and not policy.staff_dpia):
        return False
    rules, floor = policy.rules(policy_kind(kind)), floor_of(kind, policy, now, on_site=on_site)
    if floor is None or floor.severity > found.severity or (floor.core_only and not found.core):
        return False
    return rules.media and is_open(rules.hours, policy.terms, now)


def next_change(policy: DevicePolicy | None, now: datetime) -> datetime | None:
    """Return when the hours of some kind of user begin or end next, here or away; None where never soon."""
    if policy is None:
        return None
    rules = [policy.rules(kind) for kind in PolicyKind]
    windows = (window for one in rules for window in (one.hours, one.place.when))
    changes = [change for hours in windows if (change := changes_at(hours, policy.terms, now)) is not None]
    return min(changes, default=None)


def rests_until(kind: UserKind, policy: DevicePolicy, now: datetime) -> str:
    """Return when the hours begin again, in words; empty where no term to come is known."""
    begins = changes_at(policy.rules(policy_kind(kind)).hours, policy.terms, now)
    return "" if begins is None else moment_words(begins, now)


def _away_until(kind: UserKind, policy: DevicePolicy, now: datetime) -> str:
    """Return when something counts again away from school, in words; empty where nothing ever does."""
    place = policy.rules(policy_kind(kind)).place
    if place.off_site is None and place.off_site_otherwise is None:
        return ""
    begins = changes_at(place.when, policy.terms, now)
    return "" if begins is None else moment_words(begins, now)


def moment_words(moment: datetime, now: datetime) -> str:
    """Return a moment as one says it today: 18:00, Monday 07:00, 2 September 07:00."""
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    if moment - now < timedelta(days=6):
        return f"{_DAYS[moment.weekday()]} {moment:%H:%M}"
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment:%H:%M}"


def policy_kind(kind: UserKind) -> PolicyKind:
    """Everybody who is not staff is checked as a pupil."""
    return PolicyKind.STAFF if kind == pb.USER_KIND_STAFF else PolicyKind.PUPIL
