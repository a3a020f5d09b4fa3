"""Portable media put together: who counts as signed in, what `status` says, what a request and a code do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.backends.media_ports import FileCheck
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.launching import Account, GraphicalSession
from lamplighter_agent.media import running
from lamplighter_agent.media.memory import MediaMemory
from lamplighter_agent.media.rules import DAY_MS
from lamplighter_agent.media.running import Backends, RunningMedia, RunningPorts, SignedIn
from lamplighter_agent.media.summary import summary
from lamplighter_agent.notice.dialog import Dialogs
from lamplighter_keywords.media.register import Refusal
from lamplighter_keywords.policy.device_policy import DevicePolicy, MediaRules
from lamplighter_protos.v1 import detection_pb2 as pb
from lamplighter_protos.v1.bundles_pb2 import BundleOffer

from tests.agent.media.samples import CLEAN, INFECTED, NOW, ORGANISATION
from tests.agent.media.test_permissions import ROOT, signed
from tests.agent.notice.test_open import Viewers, settings
from tests.support.clock import SteppedClock
from tests.support.fakes.media import STICK, FakeMedia
from tests.support.fakes.media_guard import FakeGuard
from tests.support.fakes.media_scanner import FakeScanner
from tests.support.sensed import eventually

ACCOUNT = Account(name="wren", uid=1234, gid=1234, groups=(), home="/home/wren")
SESSION = GraphicalSession(display=":7", account=ACCOUNT)
SPEAKER = Speaker(user="wren", kind=pb.USER_KIND_PUPIL, session=1)
HERE = SignedIn(speakers=[SPEAKER], sessions=lambda _: SESSION, uids=frozenset({1234}), indicator_shown=True)
NODE = STICK.volumes[0].node
ASKS = 'case "$1" in --question) exit 20;; --list) echo 0; exit 20;; *) exit 20;; esac'


class Later:
    """Fills `LaterCheck`."""

    malware = False

    def check(self, descriptor: int) -> bool:
        raise AssertionError(descriptor)

    def took_malware(self) -> bool:
        return self.malware

    def close(self) -> None:
        self.malware = False


class World:
    """The whole of it with stand-ins for the system."""

    def __init__(self, folder: Path) -> None:
        self.clock = SteppedClock()
        self.watch, self.guard, self.scanner = FakeMedia(), FakeGuard(), FakeScanner(CLEAN)
        self.signed_in = HERE
        self.policy: DevicePolicy | None = DevicePolicy()
        self.found: list[Detection] = []
        self.programs = Viewers(folder)
        keys = FileKeyStore(folder / "keys")
        self.memory = MediaMemory.opened(folder / "media", keys, identity="AV-1", clock=self.clock)
        self.memory.begin(ROOT)
        ports = RunningPorts(
            signed=lambda: self.signed_in,
            policy=lambda: self.policy,
            counts=lambda _theme, _severity: True,
            found=self.found.append,
            lost=lambda: None,
            can_tell=lambda: True,
            changed=lambda: None,
        )
        self.dialogs = Dialogs(settings(), path=self.programs.path)
        self.later = Later()
        backends = Backends(watch=self.watch, guard=self.make_guard, scanner=self.scanner, later=self.later)
        self.media = RunningMedia(
            ORGANISATION, self.memory, backends, self.dialogs, clock=self.clock, ports=ports
        )

    def make_guard(self, check: FileCheck | None, refused: Callable[[], None]) -> FakeGuard:
        assert check is not None
        self.refused = refused
        return self.guard

    def permit(self) -> None:
        self.memory.follow(BundleOffer(media_register=signed(self.memory.version + 1)), ROOT)

    def refuse(self) -> None:
        """The school said no to everything that was asked here."""
        refused = tuple(Refusal(request=one.id.hex(), until=NOW + DAY_MS) for one in self.requests)
        register = signed(self.memory.version + 1, permits=False, refused=refused)
        self.memory.follow(BundleOffer(media_register=register), ROOT)

    @property
    def requests(self) -> list[Detection]:
        return [one for one in self.found if one.request is not None]

    @property
    def said(self) -> str:
        return " ".join(self.programs.ran("zenity").split())

    def are(self, **changes: object) -> None:
        self.signed_in = replace(HERE, **changes)  # type: ignore[arg-type]
        self.media.look()

    async def in_use(self) -> None:
        self.permit()
        self.watch.put_in()
        await self.used()

    async def used(self) -> None:
        await eventually(lambda: (NODE, "wren") in self.guard.released, "the release")

    async def taken_back(self) -> None:
        await eventually(lambda: not self.guard.released, "taken back")


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    made.media.start()
    await eventually(lambda: made.watch.starts == 1, "the watch")
    yield made
    await made.media.stop()
    await made.dialogs.stop()
    assert not made.guard.released


async def test_a_permission_that_comes_while_a_medium_is_in_counts_at_once(world: World) -> None:
    world.watch.put_in()
    await eventually(lambda: [one.theme for one in world.found] == ["unapproved-media"], "the record")
    world.permit()
    await world.used()


async def test_a_helper_that_is_started_again_takes_nothing_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.in_use()
    world.are(speakers=[])
    world.are(indicator_shown=False)
    assert world.media.describe()["media"][0]["step"] == "release"
    # It stays away: then nobody is there.
    monkeypatch.setattr(running, "GRACE_SECONDS", 0.0)
    world.are(speakers=[])
    await world.taken_back()
    world.are()
    await world.used()


@pytest.mark.parametrize(
    "changes",
    [
        {"speakers": [], "uids": frozenset()},
        {"speakers": [replace(SPEAKER, user="rook")]},
        {"speakers": [SPEAKER, replace(SPEAKER, user="rook")]},
    ],
)
async def test_somebody_else_or_the_end_of_the_session_counts_at_once(
    world: World, changes: dict[str, object]
) -> None:
    await world.in_use()
    world.are(**changes)
    await world.taken_back()


async def test_another_policy_counts_at_once(world: World) -> None:
    await world.in_use()
    world.policy = None
    world.media.look()
    await world.taken_back()


async def test_malware_that_was_written_later_has_the_medium_scanned_anew(world: World) -> None:
    await world.in_use()
    world.refused()
    assert len(world.scanner.scanned) == 1
    world.later.malware = True
    world.scanner.outcomes = [INFECTED]
    world.refused()
    await world.taken_back()
    await eventually(lambda: "malware-media" in [one.theme for one in world.found], "the record")


async def test_a_request_reaches_the_school(world: World) -> None:
    world.programs.add("zenity", ASKS)
    world.watch.put_in()
    await eventually(lambda: world.requests, "the request")
    (asked,) = world.requests
    assert asked.request is not None
    assert asked.request.reason == "homework"
    assert asked.user == "wren"


async def test_a_second_press_is_the_same_wish_until_it_was_answered(world: World) -> None:
    world.programs.add("zenity", ASKS)
    world.watch.put_in()
    asked = "is told that you ask for permission"
    for times in (1, 2):
        await eventually(lambda times=times: world.said.count(asked) == times, "asked")  # type: ignore[misc]
        world.watch.take_out()
        world.watch.put_in()
    assert len(world.requests) == 1
    world.refuse()
    await eventually(lambda: "no, not this time" in world.said, "the answer")
    world.watch.take_out()
    world.watch.put_in()
    await eventually(lambda: len(world.requests) == 2, "the new request")


async def test_a_no_waits_for_who_asked_and_is_told_to_nobody_else(world: World) -> None:
    world.programs.add("zenity", ASKS)
    world.watch.put_in()
    await eventually(lambda: len(world.requests) == 1, "the request")
    rook = replace(SPEAKER, user="rook")
    world.are(speakers=[rook])
    world.refuse()
    world.are(speakers=[SPEAKER, rook])
    await asyncio.sleep(0)
    assert "not this time" not in world.said
    world.are()
    await eventually(lambda: "no, not this time" in world.said, "the answer")
    world.are(speakers=[rook])
    world.are()
    world.refuse()
    tasks = asyncio.all_tasks
    await eventually(lambda: "requests answered" not in {one.get_name() for one in tasks()}, "the end")
    assert world.said.count("no, not this time") == 1


async def test_the_status_says_what_is_enforced_and_by_which_rule(world: World) -> None:
    await eventually(lambda: world.media.describe()["enforced"], "enforcement")
    await world.in_use()
    said = world.media.describe()
    assert said["working"]
    assert said["rules"] == {"pupil": "block", "staff": "block"}
    assert said["register"] == {"version": 1, "counts": True, "problem": ""}
    assert said["media"][0]["access"] == "read_write"
    assert summary(said)[1] == "storage (usb): release, allowed, to read and write, its scan said: clean"
    assert "wren" not in repr(said)
    assert STICK.serial not in repr(said)


async def test_the_engine_is_judged_by_the_policy(world: World) -> None:
    strict = replace(world.policy.pupil, portable=MediaRules(stale_days=3))  # type: ignore[union-attr]
    world.policy = replace(DevicePolicy(), pupil=strict)
    await eventually(lambda: world.scanner.asked, "the question")
    world.scanner.asked.clear()
    await world.media.stop()
    world.media.start()
    await eventually(lambda: world.scanner.asked, "the question")
    assert [one and one.stale_days for one in world.scanner.asked] == [3]


async def test_stopping_takes_everything_back(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.media.start()
    await world.in_use()
    await world.media.stop()
    assert not world.guard.released
    assert not [one for one in asyncio.all_tasks() if "medi" in one.get_name()]
