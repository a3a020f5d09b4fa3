"""What the person in front of the device is told of a medium: what happens to it, and how to ask.

In plain words of the session's language, by the desktop's own dialogs; how far a longer scan is, too. They
can ask for permission with a reason of a fixed list (nobody writes a text here), or enter a code that a
technician reads to them. What stands about a medium is taken away when it goes or when something newer is to
be said.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from lamplighter_agent.backends.media_ports import Medium
from lamplighter_agent.media.faults import Fault
from lamplighter_agent.media.found import called
from lamplighter_agent.media.records import Request
from lamplighter_agent.media.rules import Reason, Step
from lamplighter_agent.media.scanning import identity_of
from lamplighter_agent.media.stay import Person, Told
from lamplighter_agent.media.unlocking import Tried
from lamplighter_agent.notice.asking import Answer, Asks, Bar, Form, Question
from lamplighter_agent.notice.languages import MediaWords, filled, language_of
from lamplighter_agent.supervision import told_at_once

_log = structlog.get_logger(__name__)
REASONS: Final = ("homework", "lesson", "photographs", "work", "other")
# What is good news goes away by itself.
READY_SECONDS: Final = 20
_ASKABLE: Final = frozenset(
    {
        *(Reason.NO_PERMISSION, Reason.EXPIRED, Reason.NOT_YET, Reason.SUSPENDED, Reason.REGISTER_OLD),
        *(Reason.NOT_THE_SAME, Reason.OTHER_MAKER, Reason.MEMORY_LOST),
    }
)
# Some dialogs take the text of a form for markup, or a line in it for a key.
_PLAIN: Final = re.compile(r"[A-Za-z0-9.:-]{1,64}")
# A code is made for a serial number: for what claims another's, the whole id is granted or nothing.
_BY_CODE: Final = _ASKABLE - {
    *(Reason.SUSPENDED, Reason.NOT_THE_SAME, Reason.OTHER_MAKER, Reason.MEMORY_LOST),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingPorts:
    """What comes of what a person chose."""

    # Whether the school can be told, or was; what was asked is recorded then.
    ask: Callable[[Medium, Person, Request], bool]
    enter: Callable[[Medium, str], Tried]
    # Whether a code for it could be right now: after too many wrong ones none is, while the hour lasts.
    has_codes: Callable[[Medium], bool]


class Telling:
    """Tells one person of each medium at a time; on the service's loop."""

    def __init__(self, organisation: str, dialogs: Asks, ports: TellingPorts) -> None:
        self._organisation = organisation
        self._dialogs = dialogs
        self._ports = ports
        self._telling: dict[str, asyncio.Task[None]] = {}
        self._bars: dict[str, Bar | None] = {}

    def tell(self, medium: Medium, told: Told) -> None:
        """Say what is decided of a medium, or how far its scan is; returns at once."""
        if told.person.session is None:
            return
        if told.progress is not None:
            self._show_progress(medium, told)
            return
        self.gone(medium)
        task = asyncio.create_task(self._say(medium, told), name="medium told of")
        self._telling[medium.key] = told_at_once(task)

    def gone(self, medium: Medium) -> None:
        """Take away what stands about a medium."""
        bar = self._bars.pop(medium.key, None)
        if bar is not None:
            bar.end()
        task = self._telling.pop(medium.key, None)
        if task is not None:
            task.cancel()

    async def tell_refused(self, person: Person, name: str) -> bool:
        """Say that the answer is no, for what is called so; False where that could not be shown."""
        words = _words(person)
        text = filled(words.refused, self._organisation).replace("{device}", name)
        question = Question(title=words.title, text=text, yes=words.close)
        return await self._answer(person, question) is not Answer.UNSHOWN

    async def stop(self) -> None:
        """Tell nobody any more."""
        tasks = list(self._telling.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _show_progress(self, medium: Medium, told: Told) -> None:
        """The scanner says how far it is about once a second, so that a short scan shows nothing."""
        session, progress = told.person.session, told.progress
        assert session is not None
        assert progress is not None
        if medium.key not in self._bars:
            words = _words(told.person)
            text = self._said(words.checking, medium)
            self._bars[medium.key] = self._dialogs.progress(session, words.title, text)
        bar = self._bars[medium.key]
        if bar is not None and not bar.ended.done():
            # Never the whole of it: what is left is known only at the end.
            bar.feed(str(min(99, progress.bytes * 100 // max(progress.of_bytes, 1))))

    async def _say(self, medium: Medium, told: Told) -> None:
        words, decision = _words(told.person), told.decision
        text = _text(words, told)
        if not text:
            return
        asked = decision.step is Step.REFUSE and decision.reason in _ASKABLE
        code = asked and decision.reason in _BY_CODE and self._ports.has_codes(medium)
        question = Question(
            title=words.title,
            text=self._said(text, medium),
            yes=words.ask if asked else words.close,
            no=words.close if asked else "",
            other=words.code if code else "",
            seconds=READY_SECONDS if decision.step is Step.RELEASE else 0,
        )
        answer = await self._answer(told.person, question)
        if asked and answer is Answer.YES:
            await self._ask(medium, told.person, words)
        elif code and answer is Answer.OTHER:
            await self._enter(medium, told.person, words)

    async def _ask(self, medium: Medium, person: Person, words: MediaWords) -> None:
        options = tuple(words.reasons[name] for name in REASONS)
        form = Form(title=words.title, text=words.ask_why, ok=words.ask, cancel=words.close, options=options)
        chosen = await self._filled(person, form)
        if isinstance(chosen, Answer):
            return
        writes = Question(title=words.title, text=words.ask_write, yes=words.write_too, no=words.read_only)
        # Whoever closes it needs it to read: the less of both.
        read_write = await self._answer(person, writes) is Answer.YES
        told = self._ports.ask(medium, person, Request(reason=REASONS[int(chosen)], read_write=read_write))
        await self._tell(person, words, self._said(words.asked if told else words.unreachable, medium))

    async def _enter(self, medium: Medium, person: Person, words: MediaWords) -> None:
        # The technician needs it read out; it is the medium's own word, so it stands where nothing is markup.
        serial = identity_of(medium).serial
        await self._tell(person, words, words.code_how.replace("{serial}", serial))
        text = _entering(words, serial)
        form = Form(title=words.title, text=text, ok=words.code_ok, cancel=words.close)
        while True:
            typed = await self._filled(person, form)
            if isinstance(typed, Answer):
                return
            tried = self._ports.enter(medium, typed)
            if tried is Tried.RIGHT:
                return
            again = {Tried.WRONG: words.code_wrong, Tried.NO_CODE: words.code_digits}.get(tried)
            await self._tell(person, words, again or words.code_no_more)
            if again is None:
                return

    async def _tell(self, person: Person, words: MediaWords, text: str) -> None:
        await self._answer(person, Question(title=words.title, text=text, yes=words.close))

    async def _answer(self, person: Person, question: Question) -> Answer:
        assert person.session is not None
        try:
            return await self._dialogs.ask(person.session, question)
        except Exception as error:  # noqa: BLE001 - a medium stays as it is, whether or not it was told of
            _log.error("medium_not_told", problem=type(error).__name__)
            return Answer.UNSHOWN

    async def _filled(self, person: Person, form: Form) -> str | Answer:
        assert person.session is not None
        try:
            return await self._dialogs.fill(person.session, form)
        except Exception as error:  # noqa: BLE001 - as above
            _log.error("medium_not_asked", problem=type(error).__name__)
            return Answer.UNSHOWN

    def _said(self, text: str, medium: Medium) -> str:
        return filled(text, self._organisation).replace("{device}", called(medium))


def _words(person: Person) -> MediaWords:
    language = None if person.session is None else person.session.environment.get("LANG")
    return language_of(language).media


def _entering(words: MediaWords, serial: str) -> str:
    """Return what stands above the code: the serial number once more, where no dialog can misread it."""
    if not _PLAIN.fullmatch(serial):
        return words.code_enter
    return f"{words.code_enter}\n\n{words.code_serial.replace('{serial}', serial)}"


def _text(words: MediaWords, told: Told) -> str:
    """Return the sentence for a decision; "" where there is nothing to tell."""
    decision = told.decision
    if decision.step is Step.RELEASE:
        return words.ready_to_read if decision.access.value == "read_only" else words.ready
    if decision.step is Step.OPEN:
        return words.locked
    if decision.step is not Step.REFUSE:
        return ""
    name = _FAULTS[decision.fault] if decision.fault else _REFUSALS.get(decision.reason, "")
    if told.permitted_before and decision.reason in _WITHOUT:
        # It was taken back, or the list with it ended: not what they would hear for the first time.
        name = "expired"
    return str(getattr(words, name)) if name else ""


_WITHOUT: Final = frozenset({Reason.NO_PERMISSION, Reason.REGISTER_OLD})
# The sentence of `MediaWords` for what kept it from being checked, and for every other refusal.
_FAULTS: Final[Mapping[Fault, str]] = {
    Fault.LOCKED_FILE: "locked_file",
    Fault.TOO_MUCH: "too_much",
    Fault.FILE_SYSTEM: "file_system",
    Fault.NOT_EJECTED: "not_ejected",
    Fault.DAMAGED: "damaged",
    Fault.NO_ORDINARY_FILE: "no_ordinary_file",
    Fault.ODD_LABEL: "odd_name",
    Fault.SCANNER: "scanner_broken",
}
_REFUSALS: Final[Mapping[Reason, str]] = {
    Reason.NO_PERMISSION: "no_permission",
    Reason.REGISTER_OLD: "no_permission",
    Reason.NOT_THE_SAME: "no_permission",
    Reason.OTHER_MAKER: "no_permission",
    Reason.EXPIRED: "expired",
    Reason.NOT_YET: "not_yet",
    Reason.SUSPENDED: "suspended",
    Reason.MEMORY_LOST: "memory_lost",
    Reason.NO_NAME: "no_serial",
    Reason.SERIAL_TWICE: "serial_twice",
    Reason.NOT_A_DRIVE: "not_a_drive",
    Reason.NO_FILES: "no_files",
    Reason.TOO_LARGE: "too_much",
    Reason.NOT_ENCRYPTED: "not_encrypted",
    Reason.INFECTED: "infected",
    Reason.GONE: "taken_out",
    Reason.NOT_HELD: "not_checked",
    Reason.NOT_NOW: "not_now",
    Reason.STILL_IN_USE: "not_checked",
    Reason.DECEPTIVE: "deceptive",
}
