"""Text in the shapes and the order in which it is drawn, for fonts that join nothing: pure.

Core X fonts put one picture beside another and know no direction, but the larger one of every desktop holds
each Arabic letter in its four shapes. So the shapes are chosen here, by the joining rules of the letters, and
the line is put into the order of drawing, from left to right. It is enough for one sentence of ours with one
name in it, which `isolated` keeps together. Marks beside letters, which such fonts can't place, are left out.
"""

import re
import unicodedata
from functools import cache
from itertools import groupby, pairwise
from typing import Final

_OPEN, _CLOSE = "\u2068", "\u2069"
_PARTS: Final = re.compile(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}|.", re.DOTALL)
_LAM, _ALEFS, _STRETCH = "\u0644", frozenset("\u0622\u0623\u0625\u0627"), "\u0640"
_MIRRORED: Final = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))
# Where Unicode keeps the shapes of the letters.
_SHAPES: Final = (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD))
_READ_FROM_RIGHT: Final = {"R": True, "AL": True, "L": False, "EN": False, "AN": False}


def isolated(name: str) -> str:
    """Keep a name together, whatever stands around it."""
    return f"{_OPEN}{name}{_CLOSE}"


def from_right(text: str) -> bool:
    """Tell whether its first letter of any direction is one that is read from the right."""
    return next((side for side in map(_side, text) if side is not None), False)


def has_from_right(text: str) -> bool:
    """Tell whether any of its letters is read from the right."""
    return any(_side(char) for char in text)


def drawn(text: str, *, right: bool) -> str:
    """Return the text as it is drawn from left to right; `right`: the sentence is read from the right."""
    if not right and not has_from_right(text):
        return text.replace(_OPEN, "").replace(_CLOSE, "")
    parts = _PARTS.findall(_shaped(text))
    sides = _settled([_side(part) for part in parts], right)
    runs = [
        (side, [part for part, _ in run])
        for side, run in groupby(zip(parts, sides, strict=True), key=lambda one: one[1])
    ]
    told = ["".join(_turned(run) if side else map(_inside, run)) for side, run in runs]
    return "".join(reversed(told) if right else told)


def _side(part: str) -> bool | None:
    """Return whether a letter is read from the right; None for what takes the side of its neighbours."""
    return _READ_FROM_RIGHT.get(unicodedata.bidirectional(part)) if len(part) == 1 else None


def _settled(sides: list[bool | None], right: bool) -> list[bool]:  # noqa: FBT001 - the side of the sentence
    """Give what stands between two letters of one side that side, and else the sentence's."""
    before, last = [], right
    for side in sides:
        last = last if side is None else side
        before.append(last)
    after, last = [], right
    for side in reversed(sides):
        last = last if side is None else side
        after.append(last)
    around = zip(before, reversed(after), strict=True)
    return [left if left == other else right for left, other in around]


def _turned(run: list[str]) -> list[str]:
    return [_MIRRORED.get(part, _inside(part)) for part in reversed(run)]


def _inside(part: str) -> str:
    """Return a name in its own order; anything else as it is."""
    if len(part) == 1:
        return "" if part in (_OPEN, _CLOSE) else part
    name = part[1:-1]
    return drawn(name, right=from_right(name))


def _shaped(text: str) -> str:
    """Return it with every Arabic letter in the shape that it has between its neighbours."""
    letters = [char for char in unicodedata.normalize("NFC", text) if not unicodedata.combining(char)]
    pairs = [
        letter + after if letter == _LAM and after in _ALEFS else letter
        for letter, after in pairwise([*letters, ""])
    ]
    # The alef of a pair is in the pair.
    units = [unit for at, unit in enumerate(pairs) if at == 0 or len(pairs[at - 1]) == 1]
    around = zip(["", *units], units, [*units[1:], ""], strict=False)
    return "".join(_shape(before, unit, after) for before, unit, after in around)


def _shape(before: str, unit: str, after: str) -> str:
    joins_before = "initial" in _shapes_of(before) and "final" in _shapes_of(unit)
    joins_after = "initial" in _shapes_of(unit) and "final" in _shapes_of(after)
    kind = (
        ("medial" if joins_after else "final") if joins_before else ("initial" if joins_after else "isolated")
    )
    return _shapes_of(unit).get(kind, unit)


def _shapes_of(unit: str) -> dict[str, str]:
    return _all_shapes().get(unit, {})


@cache
def _all_shapes() -> dict[str, dict[str, str]]:
    """Return each letter's shapes, and those of lam with alef, by Unicode's own table."""
    found = {_STRETCH: dict.fromkeys(("initial", "final", "medial", "isolated"), _STRETCH)}
    for number in _SHAPES:
        kind, *codes = unicodedata.decomposition(chr(number)).split() or ("",)
        unit = "".join(chr(int(code, 16)) for code in codes)
        if len(unit) == 1 or (len(unit) == 2 and unit[0] == _LAM and unit[1] in _ALEFS):
            found.setdefault(unit, {}).setdefault(kind.strip("<>"), chr(number))
    return found
