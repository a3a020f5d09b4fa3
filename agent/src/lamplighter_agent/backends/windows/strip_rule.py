"""Whether a strip on the screen can really be seen, by what Windows says of it. Pure."""

from dataclasses import dataclass

GONE = "the strip's window is gone"
HIDDEN = "the strip is hidden"
SEE_THROUGH = "the strip was made transparent or cut to another shape"
OFF_SCREEN = "the strip is not on the screen"
COVERED = "the strip is covered by another window"

# The right part of it is the help button, the rest leads to the page.
HELP_WIDTH = 130
# Between two points there is less than the help button, on any screen up to 2048 pixels wide.
_PARTS = 16
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
    """Return where to ask which window is in front: along the strip, its edges included."""
    left, top, right, bottom = place
    last = right - left - 1
    rows = (top, (top + bottom) // 2, bottom - 1)
    return tuple((left + last * part // _PARTS, row) for row in rows for part in range(_PARTS + 1))


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
