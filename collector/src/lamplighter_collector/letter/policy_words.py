"""The published policy in sentences for families. Pure; what is not in the policy is not said here."""

from collections.abc import Mapping
from typing import Final

from lamplighter_keywords.policy.device_policy import (
    WHOLE_DAY,
    DevicePolicy,
    Floor,
    KindRules,
    MediaMode,
    NoticeMode,
    PlaceRules,
    Window,
    clock_time,
)

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# From this severity on a sentence may say "more serious", as the page on the device has it.
_SERIOUS: Final = 2
_SEVERAL: Final = 2
_PAPER: Final = "The notice about it is agreed to on paper before your child uses the device."
_SIGN_IN: Final = (
    "At the first sign-in a notice says so, and nothing is checked before your child has agreed to it. "
    "Whoever does not agree is signed out; that is no offence."
)
_STICKS: Final[Mapping[MediaMode, str]] = {
    MediaMode.RECORD: "A memory stick that nobody has allowed is noted, and can still be used.",
    MediaMode.READ_ONLY: "The school's rule is that a stick nobody has allowed can be read, not changed.",
    MediaMode.BLOCK: "The school's rule is that a memory stick works only when the school has allowed it.",
}


def looked_at(rules: KindRules) -> tuple[str, ...]:
    """What is looked at of a pupil."""
    parts = (
        (rules.typed, "Words that are typed, in most places, also if they are deleted again"),
        (rules.titles, "The titles of windows and pages that are opened"),
        (rules.media, "Memory sticks, cards and phones that are plugged in: what they call themselves"),
    )
    return tuple(text for on, text in parts if on) or ("Nothing at present",)


def notice(policy: DevicePolicy) -> str:
    return _PAPER if policy.acknowledgement is NoticeMode.ON_PAPER else _SIGN_IN


def times(policy: DevicePolicy) -> tuple[str, ...]:
    """When something is checked, and how much of what is found counts where."""
    hours = policy.pupil.hours
    always = "At any time of the day, whenever somebody is signed in."
    first = always if hours is None else f"It is on {window(hours)}. At all other times it rests."
    terms = tuple(f"Term: {one.first:%d.%m.%Y} to {one.last:%d.%m.%Y}." for one in policy.terms)
    return (first, *places(policy), *terms)


def places(policy: DevicePolicy) -> tuple[str, ...]:
    """What counts at school and away from it."""
    place = policy.pupil.place
    away = _away(place)
    if policy.site_collectors == ():
        return (
            "These devices can't tell whether they are at school, so the same rules hold everywhere.",
            *away,
        )
    return (
        "A device can tell whether it is at school or not, and nothing else of where it is.",
        f"At school: {counted(place.on_site)}.",
        *away,
    )


def _away(place: PlaceRules) -> tuple[str, str]:
    return (
        f"Away from school, {window(place.when)}: {counted(place.off_site)}.",
        f"Away from school at other times: {counted(place.off_site_otherwise)}.",
    )


def counted(floor: Floor | None) -> str:
    """How much of what is found counts."""
    if floor is None:
        return "nothing is checked"
    if floor.core_only:
        return "only the most serious concerns for a child's safety count"
    return (
        "only more serious concerns count"
        if floor.severity > _SERIOUS
        else "everything in this letter counts"
    )


def staff(policy: DevicePolicy) -> tuple[str, ...]:
    """What holds for adults who work at the school, who may be parents, too."""
    if not policy.staff_dpia:
        return ("Nothing is checked of adults who work at the school, on what is named as theirs.",)
    hours = policy.staff.hours
    when = "" if hours is None else f" It is on {window(hours)}."
    return (f"Devices of adults who work at the school are checked, too.{when}",)


def sticks(rules: KindRules) -> tuple[str, ...]:
    """What holds for portable media."""
    if not rules.media:
        return ("Memory sticks are not looked at.",)
    portable = rules.portable
    scan = (
        ("A program looks through their files for viruses first. Nobody reads the files or their names.",)
        if portable.scan
        else ()
    )
    locked = ("One that is not encrypted is not used.",) if portable.encryption else ()
    return (_STICKS[portable.without_permission], *scan, *locked)


def window(found: Window) -> str:
    """Say a part of the week."""
    whole = found.start == 0 and found.end == WHOLE_DAY
    hours = "" if whole else f" from {clock_time(found.start)} to {clock_time(found.end)}"
    return f"{_days(found.days)}{hours}{' in term' if found.in_term else ''}"


def _days(days: tuple[int, ...]) -> str:
    names = [_DAYS[day] for day in days]
    if len(days) == len(_DAYS):
        return "every day"
    if len(days) > _SEVERAL and days[-1] - days[0] == len(days) - 1:
        return f"{names[0]} to {names[-1]}"
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
