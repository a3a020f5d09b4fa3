"""A terminal whose state the test sets, and processes that it names."""

from lamplighter_agent.backends.ports import TerminalState


class FakeTerminal:
    """Every terminal is in `now`; with `pids`, only theirs."""

    name = "fake terminal"

    def __init__(self) -> None:
        self.now = TerminalState.READABLE
        self.pids: set[int] | None = None

    def state(self, pid: int) -> TerminalState:
        return self.now if self.pids is None or pid in self.pids else TerminalState.UNKNOWN


class FakeNames:
    """Names processes from a table."""

    def __init__(self, names: dict[int, str]) -> None:
        self._names = names

    def name_of(self, pid: int | None) -> str:
        return self._names.get(pid or 0, "")
