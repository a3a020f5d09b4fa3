"""Decides which source is read for the focused field, or that none is, and hands over what was typed.

    foreground window ──┐
    accessible text ────┼─▶ DesktopSensing ─▶ TypingBuffer ─▶ sink(TypedText | WindowTitle)
    keys ─▶ line rule ──┘                                      unseen(reason, count)

The rule, per foreground window: a terminal is read by its keys, line by line, as `terminal_line` allows; any
other window by its focused accessible field, if that belongs to the same process, is editable and not
secret; everything else by its title only. Never two sources for one window.

A key counts for a terminal only if the server's time of the press lies after the terminal got the focus,
and its text leaves only when the server, asked afterwards, still names that window. All methods run on the
event loop. `start` after `stop` begins anew; what was in memory is gone with `stop`.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from lamplighter_agent.backends.ports import (
    AccessibleEvent,
    DesktopPorts,
    Failed,
    FieldFocused,
    FieldRole,
    FocusCheck,
    Foreground,
    KeyCapability,
    KeyKind,
    KeyPress,
    PagesReport,
    SensorState,
    TerminalState,
    TextInserted,
    TextLost,
)
from lamplighter_agent.backends.ticks import elapsed_ms
from lamplighter_agent.clock import Clock
from lamplighter_agent.observation import TypedText, UnseenReason, WindowTitle
from lamplighter_agent.sensing.sensor import Sensor
from lamplighter_agent.sensing.terminal_line import SLACK_MS, TerminalLine, Verdict
from lamplighter_agent.sensing.terminals import is_terminal
from lamplighter_agent.sensing.typing_buffer import TypedWindow, TypingBuffer

Sink = Callable[[TypedText | WindowTitle], None]
Unseen = Callable[[UnseenReason, int], None]

TITLES = "window titles"
TEXT = "text of fields"
KEYS = "keys in terminals"
PAGES = "pages in"
NOT_WANTED = "switched off by the device policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One answer on a terminal's state, and between which of the server's times it was asked for."""

    pid: int | None
    state: TerminalState
    began_ms: int
    looked_ms: int


_NO_LOOK = _Look(pid=0, state=TerminalState.UNKNOWN, began_ms=0, looked_ms=0)


class DesktopSensing:
    """The sensors of one graphical session."""

    def __init__(
        self,
        ports: DesktopPorts,
        *,
        clock: Clock,
        sink: Sink,
        unseen: Unseen,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._ports = ports
        self._changed = changed
        self._clock = clock
        self._sink = sink
        self._unseen = unseen
        # Whether what a source tells is taken: it goes on telling until it has stopped, which may take long.
        self._hearing = False
        self._foreground: Foreground | None = None
        self._application = ""
        self._in_terminal = False
        # Whether titles are handed over; the windows are watched in any case.
        self._titles = True
        self._shown_title: tuple[int, str] | None = None
        self._field: FieldFocused | None = None
        self._field_asked = False
        # Unlikely to meet an earlier helper's numbers: the service tells fields apart by them.
        self._field_id = secrets.randbits(48)
        self._buffer = TypingBuffer()
        self._line = TerminalLine()
        # Of any window; the sensor counts those of terminals alone.
        self._keys_heard = 0
        self._look = _NO_LOOK
        # By kind of program, what was last found of one in front.
        self._pages: dict[str, PagesReport] = {}
        self._server_offset_ms = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._of_titles, self._of_text, self._of_keys = self._sensors = self._make_sensors()

    @property
    def events(self) -> int:
        """How many keys, of any window, and accessible events came, whatever became of them."""
        return self._of_text.seen + self._keys_heard

    def _make_sensors(self) -> tuple[Sensor, Sensor, Sensor]:
        ports, changed = self._ports, self._changed
        return (
            Sensor(
                TITLES,
                ports.foreground.name,
                start=self._start_foreground,
                stop=ports.foreground.stop,
                lost=self._lost_foreground,
                changed=changed,
            ),
            Sensor(
                TEXT,
                ports.accessible.name,
                start=self._start_text,
                stop=self._stop_text,
                lost=self._lost_text,
                changed=changed,
            ),
            Sensor(
                KEYS,
                ports.keys.name,
                start=lambda failed: ports.keys.start(self._on_key, failed),
                stop=ports.keys.stop,
                lost=self._lost_text,
                changed=changed,
            ),
        )

    async def start(self, *, typed: bool = True, titles: bool = True) -> None:
        """Start every sensor that can; the others say why in `states` and are tried again.

        Without `titles` the foreground window is still watched, because typing is read by it; its title goes
        nowhere.
        """
        self._titles = titles
        self._hearing = True
        for sensor in self._sensors:
            if typed or sensor is self._of_titles:
                await sensor.start()
            else:
                sensor.unwanted(NOT_WANTED)

    @property
    def keys_working(self) -> bool:
        return self._of_keys.working

    async def stop(self) -> None:
        """Stop all sensors; nothing is handed over any more, and what was in memory is forgotten."""
        self._hearing = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for sensor in reversed(self._sensors):
            await sensor.stop()
        self._buffer = TypingBuffer()
        self._line.reset()
        self._look = _NO_LOOK
        self._foreground = self._field = self._shown_title = None

    def states(self) -> list[SensorState]:
        """Return a line per sensor, with what a working key source can't read, and per program with pages."""
        return [*(self._state(sensor) for sensor in self._sensors), *self._pages_states()]

    def _state(self, sensor: Sensor) -> SensorState:
        minutes = sensor.quiet_minutes(self._clock.monotonic())
        state = replace(sensor.state(), quiet_minutes=minutes)
        missing = sorted(c.value for c in set(KeyCapability) - self._ports.keys.capabilities)
        if sensor is self._of_titles and sensor.working and not self._titles:
            return replace(state, reason=f"watched for typing alone; titles are {NOT_WANTED}")
        if sensor is self._of_keys and sensor.working and missing:
            reason = "not read: " + ", ".join(missing)
            return replace(state, reason=reason, remedy="install libxkbcommon-x11-0")
        return state

    def _pages_states(self) -> list[SensorState]:
        pages = self._ports.pages
        return [
            SensorState(
                sensor=f"{PAGES} {kind}",
                working=told.read,
                backend=pages.name if pages is not None else "",
                reason=told.reason,
                remedy=told.remedy,
            )
            for kind, told in sorted(self._pages.items())
        ]

    # --- the foreground window ---

    async def _start_foreground(self, failed: Failed) -> None:
        await self._ports.foreground.start(self._on_foreground, failed)
        self._set_server_clock()

    def _set_server_clock(self) -> FocusCheck:
        check = self._ports.foreground.check()
        self._server_offset_ms = check.time_ms - self._clock.monotonic() * 1000
        return check

    def _on_foreground(self, window: Foreground | None) -> None:
        if not self._hearing:
            return
        self._of_titles.saw(self._clock.monotonic())
        before = self._foreground
        if window is None:
            self._leave_window()
            self._foreground = None
            self._look_at_pages()
            return
        moved = before is None or before.window_id != window.window_id
        if before is not None and self._in_terminal and not _same_focus(before, window):
            # Something else got the keys for a while: the line begins anew.
            self._leave_window()
        elif moved:
            self._leave_window()
        if moved:
            self._application = self._ports.applications.name_of(window.pid)
            self._in_terminal = is_terminal(window.window_class, self._application)
            self._new_field()
        self._foreground = window
        if moved:
            self._look_at_pages()
        if self._titles and window.title and self._shown_title != (window.window_id, window.title):
            self._sink(
                WindowTitle(title=window.title, application=self._application, observed_at=self._clock.now())
            )
        self._shown_title = (window.window_id, window.title)

    def _leave_window(self) -> None:
        if self._in_terminal:
            # Whether the last keys were still meant for this window can't be known now.
            self._drop(UnseenReason.FOCUS_UNCERTAIN)
        else:
            self._finish_field()
        self._line.reset()

    def _lost_foreground(self) -> None:
        self._foreground = None
        self._look_at_pages()
        self._lost_text()

    def _lost_text(self) -> None:
        self._unseen(UnseenReason.SENSOR_FAILED, 1 + self._buffer.forget())
        self._field = None
        self._line.reset()

    # --- accessible fields, and those in pages ---

    async def _start_text(self, failed: Failed) -> None:
        await self._ports.accessible.start(self._on_accessible, failed)
        if self._ports.pages is not None:
            await self._ports.pages.start(self._on_pages)
            self._look_at_pages()

    async def _stop_text(self) -> None:
        if self._ports.pages is not None:
            await self._ports.pages.stop()
        self._pages.clear()
        await self._ports.accessible.stop()

    def _look_at_pages(self) -> None:
        pages, window = self._ports.pages, self._foreground
        if pages is not None and window is not None:
            pages.in_front(window.pid, self._application)
        elif pages is not None:
            pages.in_front(None, "")

    def _on_pages(self, told: PagesReport) -> None:
        if self._pages.get(told.program) != told:
            self._pages[told.program] = told
            self._changed()

    def _on_accessible(self, event: AccessibleEvent) -> None:
        if not self._hearing:
            return
        self._of_text.saw(self._clock.monotonic())
        if isinstance(event, FieldFocused):
            if not self._in_terminal:
                self._finish_field()
                self._new_field()
            self._field = event
            self._field_asked = False
            return
        if isinstance(event, TextLost):
            self._not_read(self._of_text, UnseenReason.UNANSWERED, event.count)
            return
        if not self._is_typed_into(event.field_key):
            return
        now = self._clock.monotonic()
        if isinstance(event, TextInserted):
            self._emit(self._buffer.insert(event.offset, event.text, now))
        else:
            self._emit(self._buffer.delete(event.offset, event.count, now))
        if self._buffer.lost_characters:
            self._not_read(self._of_text, UnseenReason.TOO_LONG, self._buffer.lost_characters)
            self._buffer.lost_characters = 0
        self._arm()

    def _is_typed_into(self, field_key: str) -> bool:
        field = self._field
        if field is None or field.field_key != field_key or field.role is not FieldRole.EDITABLE:
            return False
        if not self._belongs_to_foreground(field) and not self._field_asked and self._of_titles.working:
            # The news of the window may still be on its way: ask once per field.
            self._field_asked = True
            self._ports.foreground.check()
        return self._belongs_to_foreground(field)

    def _belongs_to_foreground(self, field: FieldFocused) -> bool:
        window = self._foreground
        return (
            window is not None and not self._in_terminal and field.pid is not None and field.pid == window.pid
        )

    def _new_field(self) -> None:
        self._field_id += 1
        self._buffer.forget()

    def _finish_field(self) -> None:
        """Hand over what accessible text has not yet been; its field is known for sure."""
        self._emit(self._buffer.finish())

    # --- keys in terminals ---

    def _on_key(self, key: KeyPress) -> None:
        if not self._hearing:
            return
        self._keys_heard += 1
        window = self._foreground
        if window is None or not self._in_terminal or not window.has_keyboard:
            return
        # A key of the very millisecond of the change may have been meant for the window before.
        if elapsed_ms(window.since_ms, key.time_ms) <= 0:
            return
        if key.kind is KeyKind.ENTER:
            self._on_enter(key)
            return
        look = self._looked_after(key, window.pid)
        verdict = self._line.key(look.state, pressed_ms=key.time_ms, looked_ms=look.looked_ms)
        now = self._clock.monotonic()
        # Of what is hidden one key stands for its line; what is shown is counted even where it came too late.
        if look.state is TerminalState.READABLE or verdict is Verdict.DROP_UNREAD:
            self._of_keys.saw(now)
        if verdict is Verdict.READ:
            self._emit_if_focused(self._buffer.press(key, now))
            self._arm()
        else:
            self._drop_line(verdict)

    def _looked_after(self, key: KeyPress, pid: int | None) -> "_Look":
        """Return what the terminal was doing at a moment after this key was pressed, and soon after.

        Keys that waited while we looked share the next look: however long it takes, there are never more to
        come than were pressed meanwhile, and nothing piles up.
        """
        if self._look.pid != pid or elapsed_ms(key.time_ms, self._look.began_ms) <= SLACK_MS:
            began_ms = self._server_now_ms()
            state = TerminalState.UNKNOWN if pid is None else self._ports.terminal.state(pid)
            self._look = _Look(pid=pid, state=state, began_ms=began_ms, looked_ms=self._server_now_ms())
        return self._look

    def _server_now_ms(self) -> int:
        return round(self._clock.monotonic() * 1000 + self._server_offset_ms)

    def _on_enter(self, key: KeyPress) -> None:
        verdict = self._line.enter(pressed_ms=key.time_ms)
        if verdict is Verdict.READ:
            now = self._clock.monotonic()
            self._of_keys.saw(now)
            self._emit_if_focused(self._buffer.press(key, now))
        else:
            self._drop_line(verdict)

    def _drop_line(self, verdict: Verdict) -> None:
        if verdict in (Verdict.DROP, Verdict.DROP_UNREAD):
            self._buffer.forget()
            # No record is made of it: nobody missed anything that was to be read.
            self._of_keys.dropped += verdict is Verdict.DROP_UNREAD
        elif verdict is Verdict.DROP_LATE:
            self._drop(UnseenReason.LATE, at_least=1)
        else:
            self._drop(UnseenReason.AFTER_SECRET, at_least=1)

    def _drop(self, reason: UnseenReason, *, at_least: int = 0) -> None:
        words = max(at_least, self._buffer.forget())
        if words:
            self._not_read(self._of_keys, reason, words)

    def _not_read(self, sensor: Sensor, reason: UnseenReason, count: int) -> None:
        sensor.dropped += count
        self._unseen(reason, count)

    def _emit_if_focused(self, windows: list[TypedWindow]) -> None:
        """Hand over keys only if the server, asked now, still names the window they were read for."""
        if not windows:
            return
        window = self._foreground
        check = self._set_server_clock()
        after = self._foreground
        same = window is not None and after is not None and _same_focus(window, after)
        if same and after is not None and check.window_id == after.window_id:
            self._emit(windows)
        else:
            self._drop(UnseenReason.FOCUS_UNCERTAIN, at_least=1)

    # --- handing over ---

    def _emit(self, windows: list[TypedWindow]) -> None:
        for window in windows:
            self._sink(
                TypedText(
                    field_id=self._field_id,
                    position=window.position,
                    text=window.text,
                    pasted=window.pasted,
                    application=self._application,
                    observed_at=self._clock.now(),
                )
            )

    def _arm(self) -> None:
        """See to it that a pause is noticed. Typing doesn't move the timer: it looks again when it fires."""
        deadline = self._buffer.deadline()
        if deadline is None or (self._timer is not None and self._timer_at <= deadline):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = deadline
        wait = max(0.0, deadline - self._clock.monotonic())
        self._timer = asyncio.get_running_loop().call_later(wait, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        windows = self._buffer.tick(self._clock.monotonic())
        if self._in_terminal:
            self._emit_if_focused(windows)
        else:
            self._emit(windows)
        self._arm()


def _same_focus(one: Foreground, other: Foreground) -> bool:
    return (one.window_id, one.since_ms, one.has_keyboard) == (
        other.window_id,
        other.since_ms,
        other.has_keyboard,
    )
