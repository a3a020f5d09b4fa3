"""Whether a strip on the screen can really be seen, by what Windows says of it. Pure."""

from dataclasses import dataclass

GONE = "the strip's window is gone"
HIDDEN = "the strip is hidden"
SEE_THROUGH = "the strip was made transparent or cut to another shape"
OFF_SCREEN = "the strip is not on the screen"
COVERED = "the strip is covered by another window"

Rectangle = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StripFacts:
    """What Windows says. Rectangles are left, top, right and bottom, in pixels."""

    exists: bool
    visible: bool
    # Layered, cut to a region or taken away from this desktop: whoever does that wants it unseen.
    tampered: bool
    place: Rectangle
    wanted: Rectangle
    # Whether it is the window in front at each point that was asked for.
    in_front: tuple[bool, ...]


def points_of(place: Rectangle) -> tuple[tuple[int, int], ...]:
    """Return where to ask which window is in front: along the strip, its ends included."""
    left, top, right, bottom = place
    middle = (top + bottom) // 2
    width = right - left
    return tuple((left + width * part // 8, middle) for part in (1, 2, 3, 4, 5, 6, 7))


def missing(facts: StripFacts) -> str:
    """Return why it can't be seen, "" where it can."""
    rules = (
        (not facts.exists, GONE),
        (not facts.visible, HIDDEN),
        (facts.tampered, SEE_THROUGH),
        (facts.place != facts.wanted, OFF_SCREEN),
        (not facts.in_front or not all(facts.in_front), COVERED),
    )
    return next((reason for holds, reason in rules if holds), "")
