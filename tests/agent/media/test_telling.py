"""What a person is told of a medium, and what comes of the buttons: stand-ins for dialogs answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from lamplighter_agent.backends.media_ports import Medium
from lamplighter_agent.detection import Speaker
from lamplighter_agent.media.faults import Fault, fault_of
from lamplighter_agent.media.records import Request
from lamplighter_agent.media.rules import Decision, Reason, Step
from lamplighter_agent.media.scan.outcome import Reason as Outcome
from lamplighter_agent.media.scanning import Progress
from lamplighter_agent.media.stay import Person, Told
from lamplighter_agent.media.telling import REASONS, Telling, TellingPorts
from lamplighter_agent.media.unlocking import Tried
from lamplighter_agent.notice.dialog import Dialogs
from lamplighter_agent.notice.languages import known, language_of
from lamplighter_keywords.media.permission import Access
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.agent.notice.test_open import SESSION, Viewers, settings
from tests.agent.notice.test_viewer import runs
from tests.support.fakes.media import STICK
from tests.support.waiting import until

pytestmark = pytest.mark.notice
PERSON = Person(
    speaker=Speaker(user="pia", kind=pb.USER_KIND_PUPIL, session=3), session=SESSION, mark="m", group="pupil"
)
NO_PERMISSION = Decision(step=Step.REFUSE, reason=Reason.NO_PERMISSION)
# Asked, ask for permission; of the list the third; what is told is closed.
ASKS = 'case "$1" in --question) exit 20;; --list) echo 2; exit 20;; *) exit 20;; esac'
# A code: the third button, then what is entered.
ENTERS = 'case "$1" in --question) exit 23;; --entry) echo "1234 5678"; exit 20;; *) exit 20;; esac'


class World:
    """A telling with stand-ins for dialogs, and what came of it."""

    def __init__(self, folder: Path) -> None:
        self.programs = Viewers(folder)
        self.asked: list[tuple[Medium, Request]] = []
        self.entered: list[str] = []
        self.reachable = True
        self.codes = True
        self.tried = Tried.RIGHT
        ports = TellingPorts(ask=self.ask, enter=self.enter, has_codes=lambda _: self.codes)
        self.telling = Telling("Oak School", Dialogs(settings(), path=self.programs.path), ports)

    def ask(self, medium: Medium, person: Person, request: Request) -> bool:
        assert person is PERSON
        if self.reachable:
            self.asked.append((medium, request))
        return self.reachable

    def enter(self, medium: Medium, typed: str) -> Tried:
        assert medium.key == STICK.key
        self.entered.append(typed)
        return self.tried

    def tell(self, decision: Decision = NO_PERMISSION, person: Person = PERSON) -> None:
        self.telling.tell(STICK, Told(person=person, decision=decision))

    @property
    def said(self) -> str:
        return " ".join(self.programs.ran("zenity").split())


def reading(tag: str) -> Person:
    """Return the person, at a desktop in this language."""
    environment = {**SESSION.environment, "LANG": tag}
    return replace(PERSON, session=replace(SESSION, environment=environment))


def first_line(words: str) -> str:
    """Return the first of some words as it is said of the stick."""
    line = words.partition("\n")[0].replace("{device}", "Example Stick (16 GB)")
    return line.replace("{organisation}", "Oak School")


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.telling.stop()


async def test_a_refusal_says_what_it_is_and_how_to_ask(world: World) -> None:
    world.programs.add("zenity", "exit 21")
    world.tell()
    await until(lambda: "DISPLAY=:7" in world.said)
    assert "Example Stick (16 GB) is not used on this device without permission from Oak School" in world.said
    assert "--ok-label=Ask for permission" in world.said
    assert "--extra-button=I have a code" in world.said
    assert not world.asked


async def test_who_had_a_permission_hears_that_it_has_ended_and_how_to_ask_again(world: World) -> None:
    world.programs.add("zenity", "exit 21")
    world.telling.tell(STICK, Told(person=PERSON, decision=NO_PERMISSION, permitted_before=True))
    await until(lambda: "DISPLAY=:7" in world.said)
    assert "The permission for Example Stick (16 GB) has ended, so it is not used any more" in world.said
    assert "ask Oak School for a new one" in world.said
    assert "not used on this device without" not in world.said
    assert "--ok-label=Ask for permission" in world.said


@pytest.mark.parametrize("tag", known())
@pytest.mark.parametrize("fault", Fault)
async def test_what_kept_it_from_being_checked_is_said_in_words_of_its_own(
    world: World, fault: Fault, tag: str
) -> None:
    words = language_of(tag).media
    world.programs.add("zenity", "exit 21")
    world.tell(Decision(step=Step.REFUSE, reason=Reason.INCOMPLETE, fault=fault), reading(tag))
    await until(lambda: "DISPLAY=:7" in world.said)
    said = {
        Fault.LOCKED_FILE: words.locked_file,
        Fault.TOO_MUCH: words.too_much,
        Fault.FILE_SYSTEM: words.file_system,
        Fault.NOT_EJECTED: words.not_ejected,
        Fault.DAMAGED: words.damaged,
        Fault.NO_ORDINARY_FILE: words.no_ordinary_file,
        Fault.ODD_LABEL: words.odd_name,
        Fault.SCANNER: words.scanner_broken,
    }
    assert len({*said.values(), words.not_checked, words.suspended, words.memory_lost}) == len(Fault) + 3
    assert first_line(said[fault]) in world.said


@pytest.mark.parametrize("tag", known())
@pytest.mark.parametrize("reason", [Reason.GONE, Reason.NOT_NOW])
async def test_one_taken_out_in_the_check_or_not_openable_now_has_words_of_its_own(
    world: World, reason: Reason, tag: str
) -> None:
    words = language_of(tag).media
    world.programs.add("zenity", "exit 21")
    world.tell(Decision(step=Step.REFUSE, reason=reason), reading(tag))
    await until(lambda: "DISPLAY=:7" in world.said)
    said = {Reason.GONE: words.taken_out, Reason.NOT_NOW: words.not_now}
    assert len({*said.values(), words.scanner_broken, words.not_checked}) == len(said) + 2
    assert first_line(said[reason]) in world.said


@pytest.mark.parametrize("tag", known())
async def test_a_no_is_kind_and_says_whom_to_ask(world: World, tag: str) -> None:
    words = language_of(tag).media
    person = reading(tag)
    assert not await world.telling.tell_refused(person, "Example Stick")
    world.programs.add("zenity", "exit 20")
    assert await world.telling.tell_refused(person, "Example Stick")
    said = words.refused.replace("{device}", "Example Stick").replace("{organisation}", "Oak School")
    assert " ".join(said.split()) in world.said


async def test_what_was_forgotten_is_not_called_unclean(world: World) -> None:
    world.programs.add("zenity", "exit 21")
    world.tell(Decision(step=Step.REFUSE, reason=Reason.MEMORY_LOST))
    await until(lambda: "DISPLAY=:7" in world.said)
    assert "does not know any more how Example Stick (16 GB) was when it was last checked" in world.said
    assert "virus" not in world.said
    assert "Ask for permission" in world.said
    assert "I have a code" not in world.said


async def test_an_engine_without_memory_says_nothing_against_the_stick(world: World) -> None:
    world.programs.add("zenity", "exit 21")
    fault = fault_of(Outcome.OUT_OF_MEMORY)
    world.tell(Decision(step=Step.REFUSE, reason=Reason.INCOMPLETE, fault=fault))
    await until(lambda: "DISPLAY=:7" in world.said)
    assert "The virus check of this device does not work now" in world.said
    assert "Nothing is known to be wrong with it" in world.said


async def test_asking_takes_a_reason_of_the_list_and_no_words(world: World) -> None:
    world.programs.add("zenity", ASKS)
    world.tell()
    await until(lambda: "is told that you ask for permission" in world.said)
    assert world.asked == [(STICK, Request(reason="photographs", read_write=True))]


@pytest.mark.parametrize("answer", [21, 22], ids=["no", "closed"])
async def test_whoever_does_not_need_to_save_asks_to_read(world: World, answer: int) -> None:
    world.programs.add("zenity", f'case "$*" in *"save files"*) exit {answer};; esac; {ASKS}')
    world.tell()
    await until(lambda: world.asked != [])
    assert world.asked == [(STICK, Request(reason="photographs", read_write=False))]


async def test_a_device_that_can_tell_nobody_says_so(world: World) -> None:
    world.reachable = False
    world.programs.add("zenity", ASKS)
    world.tell()
    await until(lambda: "can't tell anybody now" in world.said)


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        (Tried.WRONG, "not the right code"),
        (Tried.NO_CODE, "You have not lost a try"),
        (Tried.NO_MORE, "wrong too often"),
        (Tried.CANNOT, "wrong too often"),
    ],
)
async def test_a_code_is_entered_and_what_is_wrong_is_said(world: World, tried: Tried, said: str) -> None:
    world.tried = tried
    world.programs.add("zenity", ENTERS)
    world.tell()
    await until(lambda: said in world.said)
    # Once to be read out, and once where the code is typed.
    assert "this serial number: 0042" in world.said
    assert "Enter the code of eight digits. Serial number: 0042" in world.said
    assert world.entered[0] == "1234 5678"


async def test_a_serial_number_that_a_dialog_could_misread_stands_only_where_nothing_is_markup(
    world: World,
) -> None:
    world.programs.add("zenity", ENTERS)
    world.telling.tell(replace(STICK, serial="<b>_42"), Told(person=PERSON, decision=NO_PERMISSION))
    await until(lambda: world.entered != [])
    assert "Serial number: " not in world.said


async def test_a_right_code_says_nothing_more(world: World) -> None:
    world.programs.add("zenity", ENTERS)
    world.tell()
    await until(lambda: world.entered == ["1234 5678"])


async def test_without_a_secret_no_code_is_offered(world: World) -> None:
    world.codes = False
    world.programs.add("zenity", "exit 21")
    world.tell()
    await until(lambda: "DISPLAY=:7" in world.said)
    assert "I have a code" not in world.said


async def test_good_news_goes_away_by_itself(world: World) -> None:
    world.programs.add("zenity", "exit 22")
    world.tell(Decision(step=Step.RELEASE, reason=Reason.ALLOWED, access=Access.READ_ONLY))
    await until(lambda: "you can't change it" in world.said)
    assert "--timeout=20" in world.said


async def test_what_nothing_is_to_be_said_of_opens_no_window(world: World) -> None:
    world.programs.add("zenity", "exit 20")
    for decision in (
        Decision(step=Step.RECORD, reason=Reason.NO_PERMISSION),
        Decision(step=Step.REFUSE, reason=Reason.NOBODY),
    ):
        world.tell(decision)
    world.tell(NO_PERMISSION, replace(PERSON, session=None))
    world.tell(Decision(step=Step.REFUSE, reason=Reason.INFECTED))
    await until(lambda: "A virus was found" in world.said)
    assert world.said.count("--title") == 1


async def test_how_far_a_scan_is_goes_to_one_window_that_the_verdict_takes_away(world: World) -> None:
    world.programs.add("zenity", f'while read line; do echo "$line" >> {world.programs.out}/fed; done')
    fed = world.programs.out / "fed"
    for share in (1, 5, 50):
        progress = Progress(files=1, bytes=share, of_bytes=10)
        world.telling.tell(STICK, Told(person=PERSON, decision=NO_PERMISSION, progress=progress))
    await until(lambda: fed.exists() and fed.read_text() == "10\n50\n99\n")
    assert "is being checked for viruses" in world.said
    bar = world.programs.pid("zenity")
    world.telling.gone(STICK)
    await until(lambda: not runs(bar))


async def test_a_medium_that_goes_takes_its_window_along(world: World) -> None:
    world.programs.add("zenity", "exec /bin/sleep 60")
    world.tell()
    await until(lambda: "--question" in world.said)
    shown = world.programs.pid("zenity")
    world.telling.gone(STICK)
    await until(lambda: not runs(shown))


async def test_a_desktop_without_dialogs_is_no_fault(world: World) -> None:
    world.tell()
    await asyncio.sleep(0)
    await world.telling.stop()
    assert not world.asked


@pytest.mark.parametrize("tag", known())
def test_each_reason_of_a_request_has_words(tag: str) -> None:
    assert set(language_of(tag).media.reasons) == set(REASONS)
