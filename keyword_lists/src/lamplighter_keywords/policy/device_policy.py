"""What a school decides about its devices: the policy that travels in a bundle beside the lists.

Authored as TOML; every key has a default, and an unknown key is refused by name::

    silent_days = 90            days without the collector after which sensing stops
    retention_days = 365        how long the collector keeps what nobody had to act on; shown to the person

    [groups.pupil]              also [groups.staff]
    typed = true   titles = true   media = true
    dpia = "DPIA 2026-04"       staff only: without a reference nothing of a member of staff is sensed

    [hours.staff]               also [hours.pupil]; outside these hours the sensors stop. No table: always.
    days = ["mon", "tue"]   from = "07:00"   to = "18:00"   in_term = true

    [place]                     on site is a device whose collector answers it by TLS at such an address:
    collectors = "private"      any private address of its own collector, or only those of a list, such as
                                ["10.1.2.3:9443"], which must answer nowhere else; [] = never on site

    [place.pupil]               from which severity a match counts, by place
    on_site = { severity = 1 }
    off_site = { severity = 3 }                                 within the hours below
    off_site_otherwise = { severity = 4, core_only = true }     at all other times; "off" = nothing is sensed
    days = [...]   from = "07:00"   to = "21:00"   in_term = true

    [[terms]]                   school terms, both days included. None: every day is in term.
    from = 2026-09-02   to = 2026-12-18

    [[contacts]]                shown on the page; `checked` is the day somebody made sure of it
    label = "Designated safeguarding lead"   value = "..."   checked = 2026-09-01

    [notice.en]                 lines for the page, by language
    lines = ["..."]

    [media.pupil]               also [media.staff]: what holds for portable media (sticks, cards, phones)
    without_permission = "block"            or "read_only", "record"
    scan = true                             nothing is used before a clean scan
    encryption = false                      true: unencrypted media are not used
    access = "read_write"                   or "read_only": the most that a permission gives
    infected = "block"   incomplete = "block"   or "suspend": the permission rests until a new one is issued
    stale_days = 7                          older virus signatures make a scan incomplete
    receipt_hours = 12                      how long a clean scan of an unchanged medium counts
    largest_gb = 256                        what is larger is not scanned, so not used

    [acknowledgement]           the notice that everybody agrees to before anything is sensed
    notice = "at_signin"        or "on_paper": the school has it agreed to on paper; strip and page stay
    reading_age = "7-11"        or "11-18", "pictures": for pupils; staff read the adult's words

Times are the device's own wall time, a day ends at "24:00". Reading is `policy_reading.py`; when something is
allowed is `policy_hours.py`. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from types import MappingProxyType

from lamplighter_keywords.bundles.envelope import canonical
from lamplighter_keywords.errors import PolicyError
from lamplighter_keywords.media.permission import Access
from lamplighter_keywords.terms import UserKind

POLICY_BYTES = 64 * 1024
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAY = 24 * 60
PRIVATE = "private"


class MediaMode(Enum):
    """What is done with portable media that nobody permitted."""

    RECORD = "record"
    READ_ONLY = "read_only"
    BLOCK = "block"


class AfterScan(Enum):
    """What follows a scan that was not clean. Nothing is used either way."""

    BLOCK = "block"
    SUSPEND = "suspend"
    """The permission rests on this device until a new one is issued."""


class NoticeMode(Enum):
    """Where people agree to the notice."""

    AT_SIGNIN = "at_signin"
    ON_PAPER = "on_paper"


class ReadingAge(Enum):
    """For whom the notice is written."""

    PICTURES = "pictures"
    YOUNGER = "7-11"
    OLDER = "11-18"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the week: days (0 = Monday) from one minute of the day to another, in term only or always."""

    days: tuple[int, ...] = tuple(range(7))
    start: int = 0
    end: int = WHOLE_DAY
    in_term: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """From which severity a match counts, and whether only core themes do."""

    severity: int = 1
    core_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRules:
    """What counts where. `None` means that nothing is sensed there."""

    on_site: Floor = field(default_factory=Floor)
    off_site: Floor | None
    off_site_otherwise: Floor | None
    when: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRules:
    """What holds for portable media.

    No program on them ever runs (noexec, nosuid, nodev): no setting changes it.
    """

    without_permission: MediaMode = MediaMode.BLOCK
    scan: bool = True
    encryption: bool = False
    access: Access = Access.READ_WRITE
    infected: AfterScan = AfterScan.BLOCK
    incomplete: AfterScan = AfterScan.BLOCK
    stale_days: int = 7
    receipt_hours: int = 12
    # Gigabytes of 10^9 bytes, as they are sold.
    largest_gb: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    """What holds for one kind of user. `hours` is `None` where there is no limit.

    `media` says whether portable media are looked at, `portable` what holds for them.
    """

    typed: bool = True
    titles: bool = True
    media: bool = True
    portable: MediaRules = field(default_factory=MediaRules)
    hours: Window | None = None
    place: PlaceRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One school term, both days included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask, and when somebody last made sure that it is right."""

    label: str
    value: str
    checked: date


PUPIL = KindRules(
    place=PlaceRules(
        off_site=Floor(severity=3),
        off_site_otherwise=Floor(severity=4, core_only=True),
        when=Window(start=7 * 60, end=21 * 60, in_term=True),
    )
)
# Never at home; and where a school's network reaches further than it thinks, working hours still hold.
STAFF = KindRules(
    hours=Window(days=(0, 1, 2, 3, 4), start=7 * 60, end=18 * 60, in_term=True),
    place=PlaceRules(off_site=None, off_site_otherwise=None, when=Window()),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePolicy:
    """Everything, checked. Without arguments it is what is shipped."""

    pupil: KindRules = PUPIL
    staff: KindRules = STAFF
    staff_dpia: str = ""
    # Where the collector answers on site only; None: at its private addresses.
    site_collectors: tuple[str, ...] | None = None
    terms: tuple[Term, ...] = ()
    silent_days: int = 90
    retention_days: int = 365
    contacts: tuple[Contact, ...] = ()
    notice: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    acknowledgement: NoticeMode = NoticeMode.AT_SIGNIN
    reading_age: ReadingAge = ReadingAge.YOUNGER

    def rules(self, kind: UserKind) -> KindRules:
        return self.staff if kind is UserKind.STAFF else self.pupil


def policy_document(policy: DevicePolicy) -> bytes:
    """Write a policy as a bundle carries it; raise `PolicyError` if it is too large."""
    document = canonical(policy_tables(policy))
    if len(document) > POLICY_BYTES:
        raise PolicyError("", f"more than {POLICY_BYTES} bytes")
    return document


def policy_tables(policy: DevicePolicy) -> dict[str, object]:
    """Give a policy in the shape of its TOML, with nothing left out."""
    kinds = {"pupil": policy.pupil, "staff": policy.staff}
    groups: dict[str, dict[str, object]] = {
        name: {"typed": rules.typed, "titles": rules.titles, "media": rules.media}
        for name, rules in kinds.items()
    }
    groups["staff"]["dpia"] = policy.staff_dpia
    place: dict[str, object] = {name: _place(rules.place) for name, rules in kinds.items()}
    place["collectors"] = PRIVATE if policy.site_collectors is None else list(policy.site_collectors)
    hours = {name: "always" if rules.hours is None else _window(rules.hours) for name, rules in kinds.items()}
    return {
        "silent_days": policy.silent_days,
        "retention_days": policy.retention_days,
        "groups": groups,
        "hours": hours,
        "place": place,
        "terms": [{"from": one.first.isoformat(), "to": one.last.isoformat()} for one in policy.terms],
        "contacts": [
            {"label": one.label, "value": one.value, "checked": one.checked.isoformat()}
            for one in policy.contacts
        ],
        "notice": {language: {"lines": list(lines)} for language, lines in policy.notice.items()},
        "media": {name: _portable(rules.portable) for name, rules in kinds.items()},
        "acknowledgement": {"notice": policy.acknowledgement.value, "reading_age": policy.reading_age.value},
    }


def clock_time(minutes: int) -> str:
    """Write a minute of the day as 07:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _window(window: Window) -> dict[str, object]:
    return {
        "days": [DAYS[day] for day in window.days],
        "from": clock_time(window.start),
        "to": clock_time(window.end),
        "in_term": window.in_term,
    }


def _portable(rules: MediaRules) -> dict[str, object]:
    return {
        "without_permission": rules.without_permission.value,
        "scan": rules.scan,
        "encryption": rules.encryption,
        "access": rules.access.value,
        "infected": rules.infected.value,
        "incomplete": rules.incomplete.value,
        "stale_days": rules.stale_days,
        "receipt_hours": rules.receipt_hours,
        "largest_gb": rules.largest_gb,
    }


def _floor(floor: Floor | None) -> object:
    return "off" if floor is None else {"severity": floor.severity, "core_only": floor.core_only}


def _place(place: PlaceRules) -> dict[str, object]:
    return {
        "on_site": _floor(place.on_site),
        "off_site": _floor(place.off_site),
        "off_site_otherwise": _floor(place.off_site_otherwise),
        **_window(place.when),
    }
