"""The service's side with real sockets and real child processes, which say what a test wants of them."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lamplighter_agent import helper_watch
from lamplighter_agent.backends.ports import Hardening, ProcessCondition
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.detection import Speaker
from lamplighter_agent.helper_watch import watch_helpers
from lamplighter_agent.hub import HubPorts, Reason, ServiceHub
from lamplighter_agent.launcher import Launcher
from lamplighter_agent.launching import Account, GraphicalSession, LaunchSettings
from lamplighter_agent.local_ipc.server import LocalServer
from lamplighter_agent.local_ipc.unix_door import UnixDoor
from lamplighter_agent.observation import Observation, TypedText, WindowTitle
from lamplighter_agent.posix_helper import start
from lamplighter_agent.sessions import account_of
from lamplighter_agent.status import SAME_USER, ServiceStatus
from lamplighter_protos.v1 import detection_pb2 as pb
from lamplighter_protos.v1.local_pb2 import (
    HelperMessage,
    ReportStatus,
    ReportTypedText,
    ReportUnseen,
    ReportWindowTitle,
    RequestHelp,
    RequestPage,
    SensingPolicy,
    SensorState,
)

from tests.agent.local_ipc.local_pair import SCHOOL
from tests.agent.test_launcher import Desk
from tests.support.waiting import until

HARDENED = Hardening(not_dumpable=True, no_core=True, memory_locked=True)
# Connects to the socket that follows `--socket`, sends what the file `said` holds and stays. Once there is a
# file `deaf` it hangs; where there is a file `slow` it does not get as far as to connect.
SPEAKER = """#!{python}
import socket, sys, pathlib, time
path = sys.argv[sys.argv.index("--socket") + 1]
while (pathlib.Path(path).parent / "slow").exists():
    time.sleep(1)
connection = socket.socket(socket.AF_UNIX)
connection.connect(path)
connection.sendall((pathlib.Path(path).parent / "said").read_bytes())
with (pathlib.Path(path).parent / "heard").open("ab", buffering=0) as heard:
    while said := connection.recv(4096):
        heard.write(said)
        while (pathlib.Path(path).parent / "deaf").exists():
            time.sleep(1)
"""


@dataclass
class Ears:
    """What came through the hub."""

    observed: list[tuple[Observation, Speaker]] = field(default_factory=list)
    losses: list[tuple[Reason, int]] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    helped: list[tuple[str, str]] = field(default_factory=list)
    not_now: str = ""
    place: pb.Place.ValueType = pb.PLACE_ON_SITE
    hub: ServiceHub | None = None

    def ports(self) -> HubPorts:
        return HubPorts(
            observe=lambda observation, speaker: self.observed.append((observation, speaker)),
            lost=lambda reason, count: self.losses.append((reason, count)),
            forget=self.forgotten.append,
            policy_for=lambda _account: SensingPolicy(sensing=not self.not_now, reason=self.not_now),
            kind_of=self._kind_of,
            identity_of=lambda _account: pb.IDENTITY_CONFIDENCE_SHARED,
            place=lambda: self.place,
            changed=lambda: None,
            open_page=self._open,
            present=lambda _session, _speaker: None,
            left=lambda _session: None,
            help_pressed=lambda session, speaker: self.helped.append((session.display, speaker.user)),
        )

    def _kind_of(self, account: Account) -> pb.UserKind.ValueType:
        assert account == account_of(None)
        return pb.USER_KIND_PUPIL

    def _open(self, session: GraphicalSession) -> None:
        self.pages.append(session.display)


@contextlib.asynccontextmanager
async def service(folder: Path, *said: bytes | HelperMessage) -> AsyncIterator[tuple[Ears, ServiceStatus]]:
    speaker = folder / "speaker"
    speaker.write_text(SPEAKER.format(python=sys.executable))
    speaker.chmod(0o755)
    (folder / "said").write_bytes(b"".join(_framed(one) for one in said))
    status = ServiceStatus(
        organisation=SCHOOL,
        not_enrolled="",
        boundary=SAME_USER,
        hardening=HARDENED,
        swap_forbidden=False,
    )
    ears = Ears()
    hub = ears.hub = ServiceHub(ears.ports(), status, SystemClock())
    launch = LaunchSettings(interpreter=str(speaker), socket=folder / "s.sock", organisation=SCHOOL, gid=None)
    launcher = Launcher(launch, Desk(":7"), hub, start)
    hub.attach(launcher)
    server = LocalServer(
        SCHOOL,
        hub,
        children=launcher.children,
        monotonic=SystemClock().monotonic,
        door=UnixDoor(launch.socket, None),
    )
    await server.start()
    running = asyncio.create_task(launcher.run())
    try:
        yield ears, status
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await server.stop()


@contextlib.asynccontextmanager
async def watched(hub: ServiceHub) -> AsyncIterator[None]:
    """Have its helpers watched, none of which the kernel says is held still."""
    watching = asyncio.create_task(
        watch_helpers(hub.launcher.children, lambda _pid: ProcessCondition.FINE, hub.tampered, hub)
    )
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def _framed(said: bytes | HelperMessage) -> bytes:
    if isinstance(said, bytes):
        return said
    said.organisation = SCHOOL
    payload = said.SerializeToString()
    return len(payload).to_bytes(4, "big") + payload


async def test_what_the_helper_sees_is_said_of_the_kernel_s_user(tmp_path: Path) -> None:
    typed = HelperMessage(typed=ReportTypedText(field=4, position=9, text="a word ", application="xterm"))
    title = HelperMessage(title=ReportWindowTitle(title="a title", application="xterm"))
    async with service(tmp_path, typed, title) as (ears, status):
        await until(lambda: len(ears.observed) == 2)
        (first, speaker), (second, _) = ears.observed
        assert isinstance(first, TypedText)
        assert (first.field_id, first.position, first.text) == (4, 9, "a word ")
        assert isinstance(second, WindowTitle)
        assert speaker.user == account_of(None).name
        assert speaker.identity == pb.IDENTITY_CONFIDENCE_SHARED
        assert status.sessions[":7"].helper == "running"


async def test_its_status_its_losses_and_a_click_arrive(tmp_path: Path) -> None:
    said = (
        HelperMessage(
            status=ReportStatus(
                indicator_shown=True,
                sensors=[
                    SensorState(sensor="a", seen=5, dropped=1, quiet_minutes=0),
                    SensorState(sensor="b"),
                ],
            )
        ),
        HelperMessage(unseen=ReportUnseen(reason=pb.LossNotice.REASON_INPUT_OVERFLOW, count=3)),
        HelperMessage(page=RequestPage()),
    )
    async with service(tmp_path, *said) as (ears, status):
        await until(lambda: ears.pages == [":7"])
        assert ears.losses == [(pb.LossNotice.REASON_INPUT_OVERFLOW, 3)]
        assert status.sessions[":7"].indicator_shown
        counted = [
            (one["seen"], one["dropped"], one["quiet_minutes"]) for one in status.sessions[":7"].sensors
        ]
        assert counted == [(5, 1, 0), (0, 0, None)]
        assert account_of(None).name not in json.dumps(status.as_json())


@pytest.mark.fault
async def test_a_helper_that_talks_garbage_is_started_anew_and_counted(tmp_path: Path) -> None:
    async with service(tmp_path, b"GET / HTTP/1.1\r\n\r\n") as (ears, status):
        await until(lambda: status.sessions.get(":7") and status.sessions[":7"].restarts >= 1)
        # Once for what it said, once for its end.
        assert ears.losses[0] == (pb.LossNotice.REASON_SENSOR_FAILED, 1)
        assert ears.observed == []
        assert ears.forgotten[0] == 1


@pytest.mark.fault
async def test_the_end_of_one_that_showed_the_indicator_is_counted_as_the_indicator_s(
    tmp_path: Path,
) -> None:
    said = HelperMessage(status=ReportStatus(indicator_shown=True))
    async with service(tmp_path, said, bytes(4)) as (ears, status):
        await until(lambda: status.sessions.get(":7") and status.sessions[":7"].restarts >= 1)
        assert (pb.LossNotice.REASON_INDICATOR_GONE, 1) in ears.losses


@pytest.mark.fault
async def test_a_flood_is_counted_message_by_message(tmp_path: Path) -> None:
    typed = HelperMessage(typed=ReportTypedText(text="a word "))
    async with service(tmp_path, *[typed] * 500) as (ears, _):
        await until(lambda: len(ears.observed) + len(ears.losses) == 500)
        assert set(ears.losses) == {(pb.LossNotice.REASON_INPUT_OVERFLOW, 1)}


async def test_a_policy_that_changes_reaches_the_helpers_and_the_status(tmp_path: Path) -> None:
    async with service(tmp_path, HelperMessage(status=ReportStatus(indicator_shown=True))) as (ears, status):
        await until(lambda: status.sessions.get(":7") and status.sessions[":7"].allowed)
        assert ears.hub is not None
        ears.not_now = "the school revoked this device"
        ears.hub.policy_changed()
        line = status.sessions[":7"]
        assert (line.allowed, line.policy_reason) == (False, "the school revoked this device")
        await until(lambda: (tmp_path / "heard").exists() and b"revoked" in (tmp_path / "heard").read_bytes())


async def test_a_press_of_the_help_button_is_said_of_the_kernel_s_user(tmp_path: Path) -> None:
    async with service(tmp_path, HelperMessage(help_button=RequestHelp())) as (ears, _):
        await until(lambda: bool(ears.helped))
        assert ears.helped == [(":7", account_of(None).name)]


@pytest.mark.fault
async def test_one_that_is_tampered_with_is_ended_once_and_counted_as_that(tmp_path: Path) -> None:
    async with service(tmp_path, HelperMessage(status=ReportStatus(indicator_shown=True))) as (ears, status):
        await until(lambda: status.sessions.get(":7") and status.sessions[":7"].helper == "running")
        assert ears.hub is not None
        (pid,) = ears.hub.launcher.children()
        for _ in range(2):
            ears.hub.tampered(pid, pb.LossNotice.REASON_HELPER_STOPPED)
        await until(lambda: status.sessions[":7"].restarts == 1)
        assert ears.losses == [(pb.LossNotice.REASON_HELPER_STOPPED, 1)]
        assert status.sessions[":7"].last_end == "another program held it still"


@pytest.mark.fault
async def test_one_that_somebody_killed_is_counted_as_killed(tmp_path: Path) -> None:
    async with service(tmp_path, HelperMessage(status=ReportStatus(indicator_shown=True))) as (ears, status):
        await until(lambda: status.sessions.get(":7") and status.sessions[":7"].helper == "running")
        assert ears.hub is not None
        (pid,) = ears.hub.launcher.children()
        os.kill(pid, signal.SIGTERM)
        await until(lambda: status.sessions[":7"].restarts == 1)
        assert ears.losses == [(pb.LossNotice.REASON_HELPER_KILLED, 1)]


async def test_a_helper_that_can_not_be_started_is_counted_and_seen(tmp_path: Path) -> None:
    async with service(tmp_path) as (ears, status):
        await until(lambda: status.sessions.get(":7") and status.sessions[":7"].helper == "running")
        assert ears.hub is not None
        (pid,) = ears.hub.launcher.children()
        (tmp_path / "speaker").unlink()
        os.kill(pid, signal.SIGKILL)
        await until(lambda: status.sessions[":7"].helper == "could not be started, will be tried again")
        assert not status.sessions[":7"].sensing
        assert ears.losses[1] == (pb.LossNotice.REASON_SENSOR_FAILED, 1)


async def test_that_somebody_else_is_there_labels_and_changes_nothing_else(tmp_path: Path) -> None:
    async with service(tmp_path, HelperMessage(help_button=RequestHelp())) as (ears, status):
        await until(lambda: bool(ears.helped))
        assert ears.hub is not None
        (before,), line = ears.hub.speakers, asdict(status.sessions[":7"])
        (pid,) = ears.hub.launcher.children()
        ears.hub.somebody_else(ears.hub.launcher.session_of(pid))
        (after,) = ears.hub.speakers
        assert after == replace(before, identity=pb.IDENTITY_CONFIDENCE_OTHER)
        assert before.place == pb.PLACE_ON_SITE
        ears.place = pb.PLACE_AWAY
        assert [one.place for one in ears.hub.speakers] == [pb.PLACE_AWAY]
        assert asdict(status.sessions[":7"]) == line


@pytest.mark.fault
async def test_a_helper_that_reads_nothing_any_more_is_known_by_the_kernel_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process is neither ended nor stopped: it sleeps, as one whose loop is blocked."""
    monkeypatch.setattr(helper_watch, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(helper_watch, "HUNG_SECONDS", 0.3)
    said = HelperMessage(status=ReportStatus(indicator_shown=True))
    async with service(tmp_path, said) as (ears, status):
        await until(lambda: status.sessions.get(":7") and status.sessions[":7"].indicator_shown)
        hub = ears.hub
        assert hub is not None
        (first,) = hub.launcher.children()
        heard = tmp_path / "heard"
        # Made only after it said that it is shown.
        await until(heard.exists)
        async with watched(hub):
            before = heard.stat().st_size
            # Pings are read, one after the other.
            await until(lambda: heard.stat().st_size > before + 100)
            assert status.sessions[":7"].restarts == 0
            (tmp_path / "deaf").touch()
            await until(lambda: status.sessions[":7"].restarts == 1)
        assert ears.losses[0] == (pb.LossNotice.REASON_HELPER_HUNG, 1)
        assert status.sessions[":7"].last_end == "it hung"
        assert not hub.at_work(first)
        assert not hub.unread(first)
        assert not hub.ping(first)


@pytest.mark.fault
async def test_a_helper_that_does_not_connect_is_replaced_and_the_status_says_since_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helper_watch, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(helper_watch, "STARTING_SECONDS", 0.3)
    (tmp_path / "slow").touch()
    async with service(tmp_path, HelperMessage(status=ReportStatus(indicator_shown=True))) as (ears, status):
        hub = ears.hub
        assert hub is not None
        await until(lambda: status.sessions.get(":7") and status.sessions[":7"].helper_since)
        assert datetime.fromisoformat(status.sessions[":7"].helper_since).utcoffset() == timedelta()
        async with watched(hub):
            await until(lambda: status.sessions[":7"].restarts == 1)
            (tmp_path / "slow").rename(tmp_path / "quick")
            # However slow this machine is: each start may take twice as long as the one before.
            await until(lambda: status.sessions[":7"].indicator_shown)
        line = status.sessions[":7"]
        assert line.helper == "running"
        assert line.last_end == "it did not connect in time"
        assert set(ears.losses) == {(pb.LossNotice.REASON_SENSOR_FAILED, 1)}
