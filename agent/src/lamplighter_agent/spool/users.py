"""Whose records fill the spool: a small number for each user, and the live bytes behind it. Pure."""

_MOST = 65_535


class Users:
    """Numbers users from 0, as they are met. Past 65,535 of them all others share the last number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._live: list[int] = []

    def index(self, user: str) -> int:
        number = self._numbers.get(user)
        if number is None:
            number = min(len(self._numbers), _MOST)
            if number == len(self._live):
                self._live.append(0)
            if number < _MOST:
                self._numbers[user] = number
        return number

    def add(self, index: int, size: int) -> None:
        """Add live bytes, or take them away where `size` is negative."""
        self._live[index] += size

    def live_bytes(self, index: int) -> int:
        return self._live[index]
