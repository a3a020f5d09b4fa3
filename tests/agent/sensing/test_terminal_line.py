"""The line rule, read as scripts."""

from lamplighter_agent.backends.ports import TerminalState
from lamplighter_agent.sensing.terminal_line import LATE_MS, TerminalLine, Verdict

READABLE, SECRET, UNKNOWN = TerminalState.READABLE, TerminalState.SECRET, TerminalState.UNKNOWN


def key(line: TerminalLine, state: TerminalState, pressed: int, looked: int | None = None) -> Verdict:
    return line.key(state, pressed_ms=pressed, looked_ms=pressed + 1 if looked is None else looked)


def test_an_open_line_is_read() -> None:
    line = TerminalLine()
    assert [key(line, READABLE, at) for at in (100, 200)] == [Verdict.READ, Verdict.READ]
    assert line.enter(pressed_ms=300) is Verdict.READ


def test_one_secret_key_closes_the_line_until_enter() -> None:
    line = TerminalLine()
    assert key(line, READABLE, 100) is Verdict.READ
    assert key(line, SECRET, 200) is Verdict.DROP_UNREAD
    assert key(line, READABLE, 300) is Verdict.DROP_AFTER_SECRET
    assert key(line, READABLE, 400) is Verdict.DROP
    assert line.enter(pressed_ms=500) is Verdict.DROP
    assert key(line, READABLE, 600) is Verdict.READ


def test_an_unknown_state_closes_only_while_it_lasts() -> None:
    line = TerminalLine()
    assert key(line, UNKNOWN, 100) is Verdict.DROP_UNREAD
    assert key(line, READABLE, 200) is Verdict.READ


def test_a_late_key_drops_its_line_and_is_counted_once() -> None:
    line = TerminalLine()
    assert key(line, READABLE, 100) is Verdict.READ
    assert key(line, READABLE, 200, 200 + LATE_MS + 1) is Verdict.DROP_LATE
    assert key(line, READABLE, 300) is Verdict.DROP
    assert line.enter(pressed_ms=400) is Verdict.DROP


def test_a_line_seen_only_after_its_enter_is_not_read() -> None:
    # The prompt that took it may have ended with that Enter, and the shell be back.
    line = TerminalLine()
    assert key(line, READABLE, 100, 240) is Verdict.READ
    assert line.enter(pressed_ms=180) is Verdict.DROP_LATE


def test_enter_alone_is_nothing() -> None:
    assert TerminalLine().enter(pressed_ms=1) is Verdict.DROP


def test_the_first_key_of_a_line_that_is_not_read_stands_for_all() -> None:
    line = TerminalLine()
    assert [key(line, SECRET, at) for at in (100, 200)] == [Verdict.DROP_UNREAD, Verdict.DROP]
    assert line.enter(pressed_ms=300) is Verdict.DROP
    assert key(line, UNKNOWN, 400) is Verdict.DROP_UNREAD
