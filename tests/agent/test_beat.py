"""What a heartbeat says; the collector's own reading of it is the judge of its shape."""

from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.beat import CAPABILITIES, Machine, capabilities_of, heartbeat_of
from lamplighter_agent.status import SAME_USER, ServiceStatus, SessionStatus
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.rpc.health import beat_from

from tests.support.school import SCHOOL

NAME = DeviceName(organisation=SCHOOL, device="AV-1", identity="x")


def sensor(name: str, *, working: bool = True, backend: str = "pynput (fallback)", why: str = "") -> Any:
    return {"sensor": name, "working": working, "backend": backend, "reason": why, "remedy": ""}


def status(**sessions: SessionStatus) -> ServiceStatus:
    found = ServiceStatus(
        organisation=SCHOOL,
        not_enrolled="",
        boundary=SAME_USER,
        hardening=Hardening(not_dumpable=True, no_core=True, memory_locked=False),
        swap_forbidden=False,
        sessions=dict(sessions),
    )
    found.bundle = {"version": 7}
    found.collector = {"counts": {"observed": 9, "matched": 1}}
    found.spool = {"records": 3, "bytes": 400}
    found.media = sensor("portable media", backend="kernel events, udev and mounts")
    return found


def session(*sensors: Any, **about: Any) -> SessionStatus:
    return SessionStatus(display=":1", sensors=list(sensors), helper="running", **about)


def test_the_collector_reads_what_we_say() -> None:
    said = status(
        one=session(sensor("typing"), allowed=True, indicator_shown=True, restarts=2),
        two=session(sensor("typing"), sensor("titles", working=False, why="a\nline"), resting=True),
    )
    machine = Machine(system="linux", battery_percent=41, on_battery=True, suspended_seconds=60)
    message = heartbeat_of(said, machine)
    message.sent_at.CopyFrom(Timestamp(seconds=1_795_161_600))
    read = beat_from(message.SerializeToString(), NAME)
    assert (read.sessions, read.sensing, read.resting, read.helper_restarts) == (2, True, True, 2)
    assert (read.list_version, read.counts["observed"], read.spool_records) == ("7", 9, 3)
    assert (read.battery_percent, read.on_battery, read.suspended_seconds) == (41, True, 60)
    told = {(one.sensor, one.working, one.reason) for one in read.capabilities}
    assert told == {
        ("typing", True, ""),
        ("titles", False, "a line"),
        ("indicator", True, ""),
        ("indicator", False, "running"),
        ("portable media", True, ""),
    }
    assert len(read.capabilities) == 5


def test_what_several_sessions_counted_is_told_together_and_is_no_news() -> None:
    quiet = {"seen": 3, "dropped": 0, "quiet_minutes": None}
    busy = {"seen": 40, "dropped": 2, "quiet_minutes": 5}
    later = {"seen": 1, "dropped": 0, "quiet_minutes": 1}
    said = status(
        one=session(sensor("typing") | quiet),
        two=session(sensor("typing") | busy),
        three=session(sensor("typing") | later),
    )
    message = heartbeat_of(said, Machine())
    message.sent_at.CopyFrom(Timestamp(seconds=1_795_161_600))
    read = {one.sensor: one for one in beat_from(message.SerializeToString(), NAME).capabilities}
    typing, media = read["typing"], read["portable media"]
    assert (typing.seen, typing.dropped, typing.quiet_minutes) == (44, 2, 1)
    assert (media.seen, media.quiet_minutes) == (0, None)
    assert all(not one.seen and not one.HasField("quiet_minutes") for one in capabilities_of(said))


def test_strange_names_and_floods_are_bounded() -> None:
    many = [sensor(f"s{number}", backend="<b>\n" + "x" * 99, why="y" * 999) for number in range(99)]
    said = capabilities_of(status(one=session(*many)))
    assert len(said) == CAPABILITIES
    message = heartbeat_of(status(one=session(*many)), Machine())
    message.sent_at.CopyFrom(Timestamp(seconds=1_795_161_600))
    assert len(beat_from(message.SerializeToString(), NAME).capabilities) == CAPABILITIES


def test_how_many_had_no_room_is_said_and_what_they_saw_is_counted() -> None:
    many = [sensor(f"s{number:02}", working=number < 39) | {"seen": 1, "dropped": 0} for number in range(40)]
    said = status(one=session(*many, indicator_shown=True))
    message = heartbeat_of(said, Machine())
    message.sent_at.CopyFrom(Timestamp(seconds=1_795_161_600))
    read = beat_from(message.SerializeToString(), NAME).capabilities
    (others,) = [one for one in read if one.sensor == "others"]
    assert (len(read), others.working) == (CAPABILITIES, False)
    # Forty, the indicator and the media.
    assert others.reason == "11 more are not said one by one; 1 of them don't work"
    assert sum(one.seen for one in read) == 40


def test_media_that_are_recorded_only_are_told_so_in_whole_sentences() -> None:
    said = status()
    added = "udev's daemon does not run, serial numbers may be missing"
    guard = sensor("media guard", working=False, backend="udev", why="udev's daemon does not run")
    said.media = {
        **sensor("portable media", backend=f"kernel events and mounts; {added}"),
        "enforced": False,
        "guard": guard | {"remedy": "start systemd-udevd"},
    }
    message = heartbeat_of(said, Machine())
    message.sent_at.CopyFrom(Timestamp(seconds=1_795_161_600))
    read = {one.sensor: one for one in beat_from(message.SerializeToString(), NAME).capabilities}
    media = read["portable media"]
    assert (media.working, media.backend) == (True, "kernel events and mounts")
    assert media.reason == f"recorded only: udev's daemon does not run; {added}"
    assert media.remedy == "start systemd-udevd"
    assert not read["media guard"].working
    said.media["guard"] = sensor("media guard", backend="udev and UDisks")
    told = {one.sensor: one for one in capabilities_of(said)}
    assert (told["portable media"].reason, told["portable media"].remedy) == (added, "")


def test_a_service_that_knows_nothing_yet_says_so() -> None:
    empty = status()
    empty.bundle, empty.collector, empty.spool, empty.media = {}, {}, {}, {}
    message = heartbeat_of(empty, Machine())
    assert (message.list_version, message.spool_records, message.battery_percent) == ("", 0, -1)
    assert not message.capabilities
