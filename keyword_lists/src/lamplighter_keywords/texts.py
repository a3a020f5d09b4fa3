"""Many texts as one: what a device holds of the lists until it meets their terms."""

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import overload

# Quick, and still a third of the size.
_LEVEL = 1


class Shelf:
    """Where the texts of one list lie packed; they are unpacked together, and then soon asked for again."""

    __slots__ = ("_gathered", "_packed", "_size")

    def __init__(self) -> None:
        self._gathered: list[bytes] = []
        self._size = 0
        self._packed = b""

    def put(self, lines: str) -> "Texts":
        """Take texts, one on each line; not after `close`."""
        raw = lines.encode()
        self._gathered.append(raw)
        begin, self._size = self._size, self._size + len(raw)
        return Texts(self, begin, self._size)

    def close(self) -> None:
        """Pack all of them; until then they can't be read."""
        self._packed = zlib.compress(b"".join(self._gathered), _LEVEL)
        self._gathered.clear()

    def read(self, begin: int, end: int) -> bytes:
        return _unpacked(self._packed)[begin:end]


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> bytes:
    return zlib.decompress(packed)


class Texts(Sequence[str]):
    """Texts in one piece, parted when somebody asks, as for most terms nobody does. Equals a tuple of them.

    Each by itself would take ten times the room.
    """

    __slots__ = ("_begin", "_end", "_shelf")

    def __init__(self, shelf: Shelf, begin: int, end: int) -> None:
        """Take the bytes of a shelf that are these; `Shelf.put` makes them."""
        self._shelf = shelf
        self._begin = begin
        self._end = end

    @classmethod
    def of(cls, lines: str) -> "Texts":
        """Make texts of their own: a text on each line."""
        shelf = Shelf()
        texts = shelf.put(lines)
        shelf.close()
        return texts

    def __len__(self) -> int:
        return self._raw().count(b"\n") + 1

    @overload
    def __getitem__(self, nth: int) -> str: ...
    @overload
    def __getitem__(self, nth: slice) -> tuple[str, ...]: ...
    def __getitem__(self, nth: int | slice) -> str | tuple[str, ...]:
        return tuple(self)[nth]

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw().decode().split("\n"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Texts | tuple) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def _raw(self) -> bytes:
        return self._shelf.read(self._begin, self._end)
