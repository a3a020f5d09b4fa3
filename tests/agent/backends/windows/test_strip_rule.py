"""Whether a strip can really be seen, by what Windows says of it."""

from itertools import pairwise

import pytest
from lamplighter_agent.backends.windows import strip_rule
from lamplighter_agent.backends.windows.strip_rule import (
    HELP_WIDTH,
    Rectangle,
    StripFacts,
    missing,
    points_of,
)

TOP: Rectangle = (0, 0, 1920, 26)


def facts(
    *,
    exists: bool = True,
    visible: bool = True,
    tampered: bool = False,
    place: Rectangle = TOP,
    in_front: tuple[bool, ...] = (True,) * 7,
) -> StripFacts:
    return StripFacts(
        exists=exists, visible=visible, tampered=tampered, place=place, wanted=TOP, in_front=in_front
    )


def test_a_strip_in_sight_is_not_missing() -> None:
    assert missing(facts()) == ""


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (facts(exists=False), strip_rule.GONE),
        (facts(visible=False), strip_rule.HIDDEN),
        (facts(tampered=True), strip_rule.SEE_THROUGH),
        (facts(place=(0, -30, 1920, -4)), strip_rule.OFF_SCREEN),
        (facts(in_front=(True, True, False, True, True, True, True)), strip_rule.COVERED),
        (facts(in_front=()), strip_rule.COVERED),
    ],
)
def test_whatever_keeps_it_from_being_seen_has_a_reason(found: StripFacts, reason: str) -> None:
    assert missing(found) == reason


def test_it_is_asked_for_along_its_whole_length_and_at_its_edges() -> None:
    points = points_of(TOP)
    assert all(0 <= x < 1920 and 0 <= y < 26 for x, y in points)
    rows = {y: sorted(x for x, other in points if other == y) for _, y in points}
    assert set(rows) >= {0, 13, 25}
    for across in rows.values():
        assert (across[0], across[-1]) == (0, 1919)
        assert max(b - a for a, b in pairwise(across)) < HELP_WIDTH
