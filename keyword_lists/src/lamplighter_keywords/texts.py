"""Many texts as one: what a device holds of the lists until it meets their terms."""

from collections.abc import Iterator, Sequence
from typing import overload


class Texts(Sequence[str]):
    """Texts in one piece, parted when somebody asks, as for most terms nobody does. Equals a tuple of them.

    Each by itself would take three times the room.
    """

    __slots__ = ("_lines",)

    def __init__(self, lines: str) -> None:
        """`lines`: a text on each."""
        self._lines = lines.encode()

    def __len__(self) -> int:
        return self._lines.count(b"\n") + 1

    @overload
    def __getitem__(self, nth: int) -> str: ...
    @overload
    def __getitem__(self, nth: slice) -> tuple[str, ...]: ...
    def __getitem__(self, nth: int | slice) -> str | tuple[str, ...]:
        return tuple(self)[nth]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines.decode().split("\n"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Texts | tuple) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
