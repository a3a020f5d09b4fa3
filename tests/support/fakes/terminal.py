"""A terminal whose state the test sets, and processes that it names."""

from lamplighter_agent.backends.ports import TerminalState


class FakeTerminal:
    """Every terminal is in `now`."""

    name = "fake terminal"

    def __init__(self) -> None:
        self.now = TerminalState.READABLE

    def state(self, pid: int) -> TerminalState:
        return self.now


class FakeNames:
    """Names processes from a table."""

    def __init__(self, names: dict[int, str]) -> None:
        self._names = names

    def name_of(self, pid: int | None) -> str:
        return self._names.get(pid or 0, "")
