"""The lists are never less true than they were: the corpus, held to tests/accuracy/floors.toml."""

import tomllib
from collections.abc import Callable, Iterable

import pytest

from tests.accuracy.corpus import FOLDER, read_open, read_sealed
from tests.accuracy.scoring import Outcome, Score, by, outcomes, score
from tests.keywords.shipped_matcher import shipped_matcher

FLOORS = tomllib.loads((FOLDER / "floors.toml").read_text("utf-8"))
# One text more or less may turn by a change that is better on the whole.
ROUNDING = 0.005
GROUPS: dict[str, Callable[[Outcome], Iterable[str]]] = {
    "theme": lambda one: one.item.themes,
    "language": lambda one: [one.item.language],
    "kind": lambda one: [one.item.kind],
}


@pytest.fixture(scope="module")
def opened() -> list[Outcome]:
    return outcomes(shipped_matcher(), read_open())


def assert_not_below(found: Score, floors: dict[str, float]) -> None:
    for figure, bound in floors.items():
        value = getattr(found, figure)
        if figure == "false_alarms":
            assert value <= bound + ROUNDING, f"{figure} rose to {value:.4f}"
        else:
            assert value >= bound - ROUNDING, f"{figure} fell to {value:.4f}"


def test_the_open_part_in_total(opened: list[Outcome]) -> None:
    assert_not_below(score(opened), FLOORS["open"])


@pytest.mark.parametrize(("group", "key"), [(group, key) for group in GROUPS for key in FLOORS[group]])
def test_the_open_part_by(opened: list[Outcome], group: str, key: str) -> None:
    assert_not_below(by(opened, GROUPS[group])[key], FLOORS[group][key])


def test_every_group_has_a_floor(opened: list[Outcome]) -> None:
    for group, keys in GROUPS.items():
        assert by(opened, keys).keys() == FLOORS[group].keys()


def test_the_sealed_part_in_total() -> None:
    """Only totals, so that a failure teaches nothing about a single text."""
    assert_not_below(score(outcomes(shipped_matcher(), read_sealed())), FLOORS["sealed"])
