"""The rule that chooses a source, with fakes at every port and the test's own clock."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from lamplighter_agent.backends.ports import (
    DesktopPorts,
    FieldFocused,
    FieldRole,
    Foreground,
    KeyKind,
    SensorState,
    TerminalState,
    TextDeleted,
    TextInserted,
    TextLost,
)
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.observation import UnseenReason
from lamplighter_agent.sensing.desktop import KEYS, TEXT, TITLES, DesktopSensing
from lamplighter_agent.sensing.terminal_line import LATE_MS
from lamplighter_agent.sensing.typing_buffer import PASTE_LIMIT

from tests.support.fakes.accessible import FakeAccessible
from tests.support.fakes.foreground import FakeForeground
from tests.support.fakes.keys import FakeKeys
from tests.support.fakes.terminal import FakeNames, FakeTerminal
from tests.support.sensed import Sensed, eventually

TERM = Foreground(window_id=1, title="shell", pid=10, window_class="XTerm", since_ms=1000)
CHAT = Foreground(window_id=2, title="chat", pid=20, window_class="Chat", since_ms=1000)
GONE = BackendUnavailable("port", "it broke", "mend it")


class StillClock:
    """Stands at what the test says; the server's time is the same in milliseconds."""

    def __init__(self) -> None:
        self.seconds = 2.0

    def now(self) -> datetime:
        return datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds


class SlowTerminal(FakeTerminal):
    """Each question takes its time, as where /proc answers slowly."""

    def __init__(self, passes: Callable[[float], None], seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self._passes = passes

    def state(self, pid: int) -> TerminalState:
        self._passes(self.seconds)
        return super().state(pid)


class Desk(Sensed):
    """Sensing on fakes, and what it handed over."""

    def __init__(self, question_s: float = 0.0) -> None:
        super().__init__()
        self.clock = StillClock()
        self.keys, self.windows, self.fields = FakeKeys(), FakeForeground(), FakeAccessible()
        self.terminal = SlowTerminal(self.passes, question_s)
        self.changes = 0
        self.windows.time_ms = 2000
        ports = DesktopPorts(
            foreground=self.windows,
            accessible=self.fields,
            keys=self.keys,
            terminal=self.terminal,
            applications=FakeNames({10: "xterm", 20: "chat"}),
        )
        self.sensing = DesktopSensing(
            ports, clock=self.clock, sink=self.sink, unseen=self.count, changed=self.change
        )

    def passes(self, seconds: float) -> None:
        if seconds > 0:
            self.clock.seconds += seconds
            self.windows.time_ms = round(self.clock.seconds * 1000)

    def change(self) -> None:
        self.changes += 1

    def type(self, text: str, at_ms: int = 2000) -> None:
        for character in text:
            kind = KeyKind.ENTER if character == "\n" else KeyKind.TEXT
            self.keys.press(kind, character.strip("\n"), time_ms=at_ms)

    def focus(self, role: FieldRole = FieldRole.EDITABLE, key: str = "f", pid: int | None = 20) -> None:
        self.fields.tell(FieldFocused(field_key=key, role=role, pid=pid))

    def insert(self, text: str, key: str = "f", offset: int = 0) -> None:
        for index, character in enumerate(text):
            self.fields.tell(TextInserted(field_key=key, offset=offset + index, text=character))

    @property
    def texts(self) -> list[str]:
        return [typed.text for typed in self.typed]

    def state(self, sensor: str) -> SensorState:
        assert self.sensing is not None
        return next(state for state in self.sensing.states() if state.sensor == sensor)


def on_time(desk: Desk, text: str) -> None:
    """Press 50 keys a second of the clock, each handled when what came before it is."""
    pressed = desk.clock.seconds
    for character in text:
        pressed += 0.02
        desk.passes(pressed - desk.clock.seconds)
        desk.type(character, at_ms=round(pressed * 1000))


@pytest_asyncio.fixture
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    desk = Desk(getattr(request, "param", 0.0))
    assert desk.sensing is not None
    await desk.sensing.start()
    yield desk
    await desk.sensing.stop()


async def test_a_terminal_is_read_by_its_keys(desk: Desk) -> None:
    desk.windows.show(TERM)
    desk.type("mend the net\n")
    assert desk.texts == ["mend ", "mend the ", "mend the net"]
    assert desk.typed[0].application == "xterm"
    assert [title.title for title in desk.titles] == ["shell"]


async def test_any_other_window_never_by_keys(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.type("mend the net\n")
    assert desk.texts == []
    assert [title.title for title in desk.titles] == ["chat"]


async def test_a_field_is_read_by_its_own_report_and_not_twice(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.focus()
    for character in "oar ":
        desk.type(character)
    desk.insert("oar ")
    assert desk.texts == ["oar "]


@pytest.mark.parametrize("role", [FieldRole.SECRET, FieldRole.OTHER])
async def test_only_editable_fields_are_read(desk: Desk, role: FieldRole) -> None:
    desk.windows.show(CHAT)
    desk.focus(role)
    desk.insert("hidden ")
    assert desk.texts == []
    assert desk.unseen == []


@pytest.mark.parametrize("pid", [21, None])
async def test_a_field_of_another_process_is_not_read(desk: Desk, pid: int | None) -> None:
    desk.windows.show(CHAT)
    desk.focus(pid=pid)
    desk.insert("elsewhere ")
    assert desk.texts == []


async def test_a_window_without_a_process_has_only_its_title(desk: Desk) -> None:
    desk.windows.show(replace(CHAT, pid=None))
    desk.focus(pid=None)
    desk.insert("nobody ")
    desk.windows.show(replace(TERM, pid=None))
    desk.type("nobody ")
    assert desk.texts == []
    assert [title.title for title in desk.titles] == ["chat", "shell"]


async def test_the_field_may_be_reported_before_its_window(desk: Desk) -> None:
    desk.windows.show(TERM)
    desk.windows.on_its_way.append(CHAT)
    desk.focus()
    desk.windows.check()
    desk.insert("early ")
    assert desk.texts == ["early "]


async def test_each_field_has_its_own_number(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.focus(key="one")
    desk.insert("first", key="one")
    desk.focus(key="two")
    desk.insert("second ", key="two")
    assert desk.texts == ["first", "second "]
    assert desk.typed[0].field_id != desk.typed[1].field_id


async def test_a_secret_state_drops_the_whole_line(desk: Desk) -> None:
    desk.windows.show(TERM)
    desk.type("par")
    desk.terminal.now = TerminalState.SECRET
    desk.type("sec")
    desk.terminal.now = TerminalState.READABLE
    desk.type("ret tail ")
    desk.type("\n")
    desk.type("open \n")
    assert desk.texts == ["open "]
    assert desk.unseen == [(UnseenReason.AFTER_SECRET, 1)]


async def test_keys_from_before_the_focus_belong_elsewhere(desk: Desk) -> None:
    desk.windows.show(TERM)
    desk.type("earlier ", at_ms=999)
    assert desk.texts == []


async def test_late_keys_are_counted_and_not_read(desk: Desk) -> None:
    desk.windows.show(TERM)
    desk.type("slow ", at_ms=2000 - LATE_MS - 1)
    assert desk.texts == []
    assert desk.unseen == [(UnseenReason.LATE, 1)]


@pytest.mark.parametrize("desk", [0.0, 0.03, 0.1], indirect=True)
async def test_fast_typing_is_read_however_slowly_the_terminal_tells_its_state(desk: Desk) -> None:
    desk.windows.show(TERM)
    on_time(desk, "mend the net and row " * 30)
    assert desk.unseen == []
    assert "".join(text.rsplit(" ", 2)[-2] for text in desk.texts) == "mendthenetandrow" * 30


@pytest.mark.parametrize("desk", [1.0], indirect=True)
async def test_a_terminal_that_takes_too_long_loses_lines_and_no_more_once_it_is_fast(desk: Desk) -> None:
    desk.windows.show(TERM)
    on_time(desk, "mend the net\n" * 3)
    assert desk.texts == []
    lost = len(desk.unseen)
    assert {reason for reason, _ in desk.unseen} == {UnseenReason.LATE}
    assert 1 <= lost <= 3
    desk.terminal.seconds = 0.0
    on_time(desk, "row \n")
    assert desk.texts[-1].startswith("row ")
    assert len(desk.unseen) == lost


async def test_text_stays_when_the_server_says_the_focus_is_elsewhere(desk: Desk) -> None:
    desk.windows.show(TERM)
    desk.windows.focus_elsewhere = True
    desk.type("pin ")
    assert desk.texts == []
    assert desk.unseen == [(UnseenReason.FOCUS_UNCERTAIN, 1)]


async def test_a_grab_on_its_way_drops_what_may_have_been_typed_into_it(desk: Desk) -> None:
    desk.windows.show(TERM)
    desk.windows.on_its_way.append(replace(TERM, has_keyboard=False))
    desk.type("phrase ")
    desk.type("more ")
    assert desk.texts == []
    assert desk.unseen
    desk.windows.show(replace(TERM, since_ms=1900))
    desk.type("back ")
    assert desk.texts == ["back "]


async def test_a_title_that_changes_while_typing_does_not_hurt(desk: Desk) -> None:
    desk.windows.show(TERM)
    desk.windows.on_its_way.append(replace(TERM, title="other"))
    desk.type("kept ")
    assert desk.texts == ["kept "]
    assert [title.title for title in desk.titles] == ["shell", "other"]


async def test_titles_are_reported_when_they_change(desk: Desk) -> None:
    for window in (CHAT, CHAT, replace(CHAT, title="news"), None, replace(CHAT, title="")):
        desk.windows.show(window)
    assert [title.title for title in desk.titles] == ["chat", "news"]
    assert {title.application for title in desk.titles} == {"chat"}


async def test_a_pause_hands_over(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.focus()
    desk.insert("half")
    desk.clock.seconds += 1.0
    await eventually(lambda: desk.texts == ["half"], "the pause")


async def test_leaving_the_window_hands_over_a_field_but_no_terminal(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.focus()
    desk.insert("whole")
    desk.windows.show(TERM)
    desk.type("unsure")
    desk.windows.show(CHAT)
    assert desk.texts == ["whole"]
    assert desk.unseen == [(UnseenReason.FOCUS_UNCERTAIN, 1)]


async def test_deletions_reach_the_text(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.focus()
    desk.insert("oat")
    desk.fields.tell(TextDeleted(field_key="f", offset=2, count=1))
    desk.insert("k ", offset=2)
    assert desk.texts == ["oat\bk "]


async def test_what_a_field_lost_before_it_told_its_role_is_counted(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.fields.tell(TextLost(count=4))
    assert desk.unseen == [(UnseenReason.UNANSWERED, 4)]
    assert desk.typed == []


async def test_an_absurd_paste_is_counted(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.focus()
    desk.fields.tell(TextInserted(field_key="f", offset=0, text="y" * (PASTE_LIMIT + 3)))
    assert desk.unseen == [(UnseenReason.TOO_LONG, 3)]
    assert all(typed.pasted for typed in desk.typed)


async def test_stop_forgets_and_start_begins_anew(desk: Desk) -> None:
    assert desk.sensing is not None
    desk.windows.show(TERM)
    desk.type("unfinish")
    await desk.sensing.stop()
    desk.type("ed ")
    assert {state.reason for state in desk.sensing.states()} == {"stopped"}
    await desk.sensing.start()
    desk.windows.show(TERM)
    desk.type("anew ")
    assert desk.texts == ["anew "]


async def test_nothing_is_taken_from_the_moment_it_is_to_stop_however_long_that_takes(desk: Desk) -> None:
    assert desk.sensing is not None
    desk.windows.show(CHAT)
    desk.focus()
    desk.fields.lets_go.clear()
    titles = list(desk.titles)
    stopping = asyncio.create_task(desk.sensing.stop())
    await eventually(lambda: desk.state(KEYS).reason == "stopped", "keys stopped")
    desk.insert("unseen ")
    desk.windows.show(replace(CHAT, title="Unseen"))
    desk.windows.show(TERM)
    desk.fields.lets_go.set()
    await stopping
    assert (desk.texts, desk.titles) == ([], titles)


async def test_a_sensor_that_breaks_is_counted_and_the_others_go_on(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.focus()
    changes = desk.changes
    desk.keys.fail(GONE)
    state = desk.state("keys in terminals")
    assert (state.working, state.reason, state.remedy) == (False, "it broke", "mend it")
    assert desk.unseen == [(UnseenReason.SENSOR_FAILED, 1)]
    assert desk.changes == changes + 1
    desk.focus()
    desk.insert("still ")
    assert desk.texts == ["still "]


async def test_without_the_foreground_nothing_is_attributed(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.focus()
    desk.windows.fail(GONE)
    desk.focus()
    desk.insert("whose ")
    assert desk.texts == []


async def test_what_can_not_start_says_why_and_is_tried_again() -> None:
    desk = Desk()
    assert desk.sensing is not None
    desk.keys.unavailable = GONE
    await desk.sensing.start()
    try:
        assert desk.state("keys in terminals").remedy == "mend it"
        assert desk.state("window titles").working
        desk.keys.unavailable = None
        await eventually(lambda: desk.state("keys in terminals").working, "another try")
        assert desk.keys.starts == 1
    finally:
        await desk.sensing.stop()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("retry")]


async def test_what_a_source_can_not_read_is_in_its_state(desk: Desk) -> None:
    assert desk.state("keys in terminals").reason == ""
    desk.keys.capabilities = frozenset()
    assert "AltGr" in desk.state("keys in terminals").reason
    assert desk.state("keys in terminals").working


@pytest.mark.parametrize("state", [TerminalState.SECRET, TerminalState.UNKNOWN])
async def test_a_line_that_a_terminal_hides_counts_as_one_that_was_not_read(
    desk: Desk, state: TerminalState
) -> None:
    desk.windows.show(TERM)
    desk.terminal.now = state
    desk.type("mend\n\nthe nets")
    told = desk.state(KEYS)
    # How many keys a line had is not told: it may be a password.
    assert (told.seen, told.dropped, told.quiet_minutes) == (2, 2, 0)
    assert (desk.texts, desk.unseen) == ([], [])


async def test_a_terminal_whose_process_nobody_knows_counts_as_not_read(desk: Desk) -> None:
    desk.windows.show(replace(TERM, pid=None))
    desk.type("mend\n")
    assert (desk.state(KEYS).seen, desk.state(KEYS).dropped) == (1, 1)
    assert desk.texts == []


async def test_keys_of_other_windows_are_no_keys_in_terminals(desk: Desk) -> None:
    desk.windows.show(CHAT)
    desk.type("mend\n")
    assert (desk.state(KEYS).seen, desk.state(KEYS).quiet_minutes) == (0, None)
    # They do show that the source is not silent.
    assert desk.sensing is not None
    assert desk.sensing.events == 5


async def test_each_sensor_counts_what_came_and_what_was_not_read(desk: Desk) -> None:
    def counts(sensor: str) -> tuple[int, int, int | None]:
        state = desk.state(sensor)
        return state.seen, state.dropped, state.quiet_minutes

    assert [counts(sensor) for sensor in (TITLES, TEXT, KEYS)] == [(0, 0, None)] * 3
    desk.windows.show(TERM)
    desk.type("mend")
    desk.clock.seconds += 119
    desk.windows.show(CHAT)
    desk.fields.tell(TextLost(count=3))
    # The word that was left in the terminal, and the texts that nobody answered for.
    assert counts(KEYS) == (4, 1, 1)
    assert counts(TEXT) == (1, 3, 0)
    assert counts(TITLES)[2] == 0
    assert desk.sensing is not None
    await desk.sensing.stop()
    assert counts(KEYS)[:2] == (4, 1)
