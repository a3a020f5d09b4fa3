"""Scores: how many alerts are found, how many silent texts alarm, how near the severity is. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from lamplighter_keywords.matcher import Match, Matcher

from tests.accuracy.corpus import ALERT, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the matcher said of one item."""

    item: Item
    found: tuple[Match, ...] = field(repr=False)

    @property
    def severity(self) -> int:
        return max((match.severity for match in self.found), default=0)

    @property
    def alerted(self) -> bool:
        return self.severity >= ALERT

    @property
    def right_theme(self) -> bool:
        return any(match.theme in self.item.themes for match in self.found if match.severity >= ALERT)

    @property
    def lanes(self) -> frozenset[str]:
        """The lanes of the alerts."""
        return frozenset(match.lane for match in self.found if match.severity >= ALERT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Shares are 0 to 1; of nothing they are 1, and false alarms 0."""

    alerts: int
    silent: int
    recall: float
    false_alarms: float
    # Of the alerts that were found.
    precision: float
    right_theme: float
    severity_within_1: float


def outcomes(matcher: Matcher, items: Iterable[Item]) -> list[Outcome]:
    return [
        Outcome(
            item=item,
            found=tuple(matcher.match(item.text, source=item.source, user_kind=item.user_kind)),
        )
        for item in items
    ]


def score(scored: Sequence[Outcome]) -> Score:
    """Score outcomes that belong together."""
    wanted = [one for one in scored if one.item.is_alert]
    silent = [one for one in scored if not one.item.is_alert]
    caught = [one for one in wanted if one.alerted]
    false = sum(one.alerted for one in silent)
    near = sum(abs(one.severity - one.item.severity) <= 1 for one in caught)
    return Score(
        alerts=len(wanted),
        silent=len(silent),
        recall=_share(len(caught), len(wanted)),
        false_alarms=false / len(silent) if silent else 0.0,
        precision=_share(len(caught), len(caught) + false),
        right_theme=_share(sum(one.right_theme for one in caught), len(caught)),
        severity_within_1=_share(near, len(caught)),
    )


def by(scored: Iterable[Outcome], keys: Callable[[Outcome], Iterable[str]]) -> dict[str, Score]:
    """Score groups; an outcome counts in every group that it names."""
    groups: dict[str, list[Outcome]] = {}
    for one in scored:
        for key in keys(one):
            groups.setdefault(key, []).append(one)
    return {key: score(groups[key]) for key in sorted(groups)}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
