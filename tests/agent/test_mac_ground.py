"""The service's side on a pretended Mac, put together: a real socket, real folders, a real connection."""

import asyncio
import contextlib
import os
import plistlib
import stat
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from lamplighter_agent import organisation_file
from lamplighter_agent.backends.macos.console import LOCKED
from lamplighter_agent.backends.macos.helper_access import Caller
from lamplighter_agent.backends.posix.dialling import dial
from lamplighter_agent.config import AgentConfig, DesktopConfig, SessionConfig
from lamplighter_agent.errors import BackendUnavailable, ConfigError
from lamplighter_agent.local_ipc.client import LocalClient
from lamplighter_agent.local_ipc.server import LocalServer
from lamplighter_agent.mac_ground import NEEDED, Asked, MacGround
from lamplighter_agent.notice.asking import Answer, Question
from lamplighter_agent.notice.files import PageFiles
from lamplighter_protos.v1.local_pb2 import SensingPolicy

from tests.agent.backends.macos.test_console import session
from tests.agent.backends.macos.test_exit_watch import PretendedQueue
from tests.agent.local_ipc.local_pair import SCHOOL, RememberingHub
from tests.agent.test_launcher import Journal
from tests.support.waiting import until

# An account that every Debian has, so that its name and home can be asked for.
PERSON = 65534


@dataclass
class Mac:
    """Answers what the ground asks."""

    user: int | None = PERSON
    locked: bool = False
    caller: Caller = field(
        default_factory=lambda: Caller(
            pid=os.getpid(), user=PERSON, token_pid=os.getpid(), parent=1, signed_as_we_are=True
        )
    )
    queue: PretendedQueue = field(default_factory=PretendedQueue)
    commands: list[list[str]] = field(default_factory=list)
    works: bool = True

    def registry(self, name: str) -> bytes | None:
        if name == LOCKED:
            return plistlib.dumps(self.locked)
        return plistlib.dumps([] if self.user is None else [session(self.user, 7)])

    async def run_all(self, commands: Sequence[Sequence[str]]) -> bool:
        self.commands += [list(one) for one in commands]
        return self.works

    def asked(self) -> Asked:
        return Asked(
            needed=(),
            own_user=lambda: 0,
            console_user=lambda: self.user,
            registry=self.registry,
            caller=lambda _: self.caller,
            unread_bytes=lambda _: 0,
            queue=lambda: self.queue,
            run_all=self.run_all,
        )


def config(folder: Path) -> AgentConfig:
    return AgentConfig(state=folder / "state", runtime=folder / "run", session=SessionConfig(), desktop=None)


@dataclass
class Service:
    """The ground's parts, as the service joins them."""

    mac: Mac
    path: Path
    hub: RememberingHub
    journal: Journal
    uids: Callable[[], frozenset[int]]

    async def connect(self) -> LocalClient:
        client = LocalClient(organisation=organisation_file.read(organisation_file.path_beside(self.path)))
        await client.connect(self.path, dial)
        return client


@contextlib.asynccontextmanager
async def serving(folder: Path, mac: Mac) -> AsyncIterator[Service]:
    ground = MacGround(config(folder), mac.asked())
    settings = ground.settings(SCHOOL)
    ground.folders()
    hub, journal = RememberingHub(), Journal()
    finder = ground.finder(lambda: None, asyncio.Event())
    helpers = ground.helpers(settings, finder, journal)
    server = LocalServer(
        SCHOOL, hub, children=helpers.children, monotonic=time.monotonic, door=ground.door(settings)
    )
    await server.start()
    running = asyncio.create_task(helpers.run())
    try:
        yield Service(mac, settings.socket, hub, journal, lambda: helpers.uids)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await server.stop()


async def test_the_helper_of_who_is_in_front_connects_and_hears_the_policy(tmp_path: Path) -> None:
    heard: list[SensingPolicy] = []
    async with serving(tmp_path, Mac()) as one:
        client = await one.connect()
        client.on_policy = heard.append
        client.request_page()
        await until(lambda: one.hub.messages)
        await until(lambda: heard)
        assert one.journal.started == [os.getpid()]
        client.close()


async def test_a_screen_that_is_locked_sends_the_helper_away_and_nobody_in_until_it_is_not(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path, Mac()) as one:
        await until(lambda: one.uids() == {PERSON})
        client = await one.connect()
        await until(lambda: one.hub.connections)
        one.mac.locked = True
        await until(client.closed.is_set)
        one.mac.queue.ends(os.getpid(), 0)
        again = await one.connect()
        await until(lambda: one.hub.rejections)
        await until(again.closed.is_set)
        one.mac.locked = False
        third = await one.connect()
        await until(lambda: len(one.hub.connections) == 2)
        assert one.journal.ended == []
        third.close()


@pytest.mark.fault
@pytest.mark.parametrize("rule", [{"signed_as_we_are": False}, {"parent": 640}, {"user": 501}])
async def test_a_stranger_is_refused_and_counted(tmp_path: Path, rule: dict[str, int]) -> None:
    mac = Mac()
    mac.caller = replace(mac.caller, **rule)  # type: ignore[arg-type]
    async with serving(tmp_path, mac) as one:
        client = await one.connect()
        await until(client.closed.is_set)
        assert (len(one.hub.rejections), one.hub.messages, one.journal.started) == (1, [], [])


def test_folders_let_a_helper_through_and_nobody_write(tmp_path: Path) -> None:
    ground = MacGround(config(tmp_path), Mac().asked())
    ground.settings("Ysgol Bryn Derw")
    before = os.umask(0o077)
    try:
        ground.folders()
    finally:
        os.umask(before)
    for name in ("state", "run"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o755
    said = organisation_file.path_beside(tmp_path / "run" / "service.sock")
    assert (said.read_text(), stat.S_IMODE(said.stat().st_mode)) == ("Ysgol Bryn Derw", 0o644)
    (tmp_path / "state").chmod(0o777)
    with pytest.raises(ConfigError, match=r"paths\.state"):
        ground.folders()


def test_only_root_and_no_named_desktop_and_nothing_without_launchctl(tmp_path: Path) -> None:
    asked = Mac().asked()
    person = MacGround(config(tmp_path), replace(asked, own_user=lambda: 501))
    assert "Mac" in person.unproven
    with pytest.raises(ConfigError, match="root"):
        person.folders()
    with pytest.raises(ConfigError, match="desktop"):
        MacGround(replace(config(tmp_path), desktop=DesktopConfig(display=":0")), asked)
    ground = MacGround(config(tmp_path), replace(asked, needed=NEEDED))
    assert ground.boundary.kind == "separate"
    with pytest.raises(BackendUnavailable, match="launchctl"):
        ground.tools(ground.settings(SCHOOL))


async def test_declining_ends_the_session_by_launchd_and_says_whether_it_did(tmp_path: Path) -> None:
    mac = Mac()
    ground = MacGround(config(tmp_path), mac.asked())
    (there,) = ground.finder(lambda: None, asyncio.Event()).sessions()
    assert await ground.end_sessions(there.account)
    assert mac.commands == [["/bin/launchctl", "bootout", f"gui/{PERSON}"]]
    mac.works = False
    assert not await ground.end_sessions(there.account)


async def test_a_question_that_can_not_be_shown_is_known_as_that(tmp_path: Path) -> None:
    ground = MacGround(config(tmp_path), Mac().asked())
    (there,) = ground.finder(lambda: None, asyncio.Event()).sessions()
    dialogs = ground.dialogs(ground.settings(SCHOOL))
    # There is no launchctl here.
    question = Question(title="Help", text="Do you want help?", yes="Yes", no="No")
    assert await dialogs.ask(there, question) is Answer.UNSHOWN
    await dialogs.stop()


async def test_the_page_is_opened_as_the_person(tmp_path: Path) -> None:
    ground = MacGround(config(tmp_path), Mac().asked())
    (there,) = ground.finder(lambda: None, asyncio.Event()).sessions()
    pages = ground.pages(PageFiles(folder=tmp_path), ground.settings(SCHOOL))
    # There is no launchctl here: that costs nothing else.
    pages.open_for(there)
    await pages.stop()
