"""The school's signed rules in the words of the page: pure.

What this device does not do (it may not be able to stop portable media) is said as what the school wants,
never as what holds.
"""

from lamplighter_keywords.policy.device_policy import (
    DevicePolicy,
    Floor,
    KindRules,
    MediaRules,
    Window,
    clock_time,
)

from lamplighter_agent.notice.facts import Check, Counted
from lamplighter_agent.notice.words import Words

# From this severity on a sentence may say "more serious".
_SERIOUS = 2


def checks_of(words: Words, policy: DevicePolicy | None) -> tuple[str, ...]:
    """What is looked at for pupils; before there is a policy, all that there could be."""
    wanted = set(Check)
    if policy is not None:
        rules = policy.pupil
        switched = {Check.TYPED: rules.typed, Check.TITLES: rules.titles, Check.MEDIA: rules.media}
        wanted = {check for check, on in switched.items() if on}
    return tuple(words.checks[check] for check in Check if check in wanted)


def media_of(words: Words, rules: MediaRules, *, enforced: bool) -> tuple[str, ...]:
    """What happens to portable media, by what really runs."""
    if not enforced:
        return (words.media[rules.without_permission],)
    scanned = (words.media_scanned,) if rules.scan else ()
    return (words.media_enforced[rules.without_permission], *scanned)


def hours_of(words: Words, rules: KindRules) -> tuple[str, ...]:
    """Nothing, where there is no limit."""
    if rules.hours is None:
        return ()
    return (words.hours.format(window=window_words(words, rules.hours)),)


def places_of(words: Words, rules: KindRules) -> tuple[str, ...]:
    place = rules.place
    return (
        words.at_school.format(what=words.counts[_counted(place.on_site)]),
        words.away.format(
            window=window_words(words, place.when), what=words.counts[_counted(place.off_site)]
        ),
        words.away_otherwise.format(what=words.counts[_counted(place.off_site_otherwise)]),
    )


def school_lines(policy: DevicePolicy, language: str) -> tuple[str, ...]:
    """What the school says itself, in this language, else in English, else in the first that it has."""
    notice = policy.notice
    tag = language.replace("_", "-").split(".")[0]
    for wanted in (tag, tag.split("-")[0], "en", *notice):
        if wanted in notice:
            return notice[wanted]
    return ()


def contacts_of(words: Words, policy: DevicePolicy | None) -> tuple[tuple[str, str], ...]:
    """The school's own contacts with the day on which somebody made sure of them."""
    if policy is None:
        return ()
    return tuple(
        (one.label, f"{one.value} {words.checked_on.format(date=one.checked.isoformat())}")
        for one in policy.contacts
    )


def window_words(words: Words, window: Window) -> str:
    text = words.window.format(
        days=_days(words, window.days), start=clock_time(window.start), end=clock_time(window.end)
    )
    return words.in_term.format(window=text) if window.in_term else text


def _days(words: Words, days: tuple[int, ...]) -> str:
    names = [words.days[day] for day in days]
    if len(days) == len(words.days):
        return words.every_day
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return words.days_between.format(first=names[0], last=names[-1])
    if len(days) == 1:
        return names[0]
    return words.days_and.format(some=", ".join(names[:-1]), last=names[-1])


def _counted(floor: Floor | None) -> Counted:
    if floor is None:
        return Counted.NOTHING
    if floor.core_only:
        return Counted.MOST_SERIOUS
    return Counted.SERIOUS if floor.severity > _SERIOUS else Counted.ALL
