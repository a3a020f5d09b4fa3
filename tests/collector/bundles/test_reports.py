"""What devices say of their bundle is kept, and what somebody must know is an alarm."""

from pathlib import Path

import pytest
from lamplighter_collector.bundles import services
from lamplighter_collector.bundles.models import bundles, root_documents
from lamplighter_collector.bundles.reports import Alarm, Report, alarms, record
from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.clock import now_ms
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.devices.models import devices
from lamplighter_collector.devices.register import State, end
from lamplighter_keywords.bundles.bundle import LARGEST_NUMBER
from sqlalchemy import Connection, Engine, insert, update

from tests.collector.stores import register, rows

SCHOOL = "Lantern Lane School"
DAY = 86_400_000


@pytest.fixture
def registered(engine: Engine) -> Engine:
    names = [
        DeviceName(organisation=school, device=device, identity=device)
        for school, device in ((SCHOOL, "AV-1"), (SCHOOL, "AV-2"), ("Other School", "AV-1"))
    ]
    register(engine, *names)
    with engine.begin() as connection:
        for version in (1, 2):
            root = {"organisation": SCHOOL, "version": version, "envelope": b"", "created_at": 1}
            connection.execute(insert(root_documents).values(root))
        for version in (1, 3):
            publish(connection, version)
    return engine


def publish(connection: Connection, version: int) -> None:
    contents = {"envelope": b"", "keywords": b"", "policy": b""}
    times = {"created_at": 1, "expires_at": 1 << 50}
    row = {"organisation": SCHOOL, "version": version, **contents, **times}
    connection.execute(insert(bundles).values(row))


def say(
    engine: Engine,
    device: str,
    state: str,
    problem: str = "",
    *,
    at: int = 5,
    version: int = 3,
    root: int = 2,
) -> None:
    report = Report(version=version, root_version=root, state=state, problem=problem)
    with engine.begin() as connection:
        record(connection, SCHOOL, device, report, at)


def found(engine: Engine, now: int = 0) -> tuple[Alarm, ...]:
    with engine.begin() as connection:
        return alarms(connection, SCHOOL, now)


def test_the_last_word_is_kept_and_nobody_else_s(registered: Engine) -> None:
    say(registered, "AV-1", "refused", "bundle-stale")
    say(registered, "AV-1", "current", at=6)
    columns = ("organisation", "device", "bundle_version", "bundle_root", "bundle_state", "bundle_at")
    assert rows(registered, devices, *columns) == [
        (SCHOOL, "AV-1", 3, 2, "current", 6),
        (SCHOOL, "AV-2", 0, 0, "", 0),
        ("Other School", "AV-1", 0, 0, "", 0),
    ]


def test_refused_and_expired_are_alarms_the_latest_first(registered: Engine) -> None:
    say(registered, "AV-1", "expired", at=6)
    say(registered, "AV-2", "refused", "signature-invalid", at=7)
    assert found(registered) == (
        Alarm(device="AV-2", state="refused", problem="signature-invalid", version=3, at=7),
        Alarm(device="AV-1", state="expired", problem="", version=3, at=6),
    )
    say(registered, "AV-2", "current", at=8)
    say(registered, "AV-1", "none", at=8)
    assert found(registered) == ()


def test_a_device_that_ended_is_no_alarm(registered: Engine) -> None:
    say(registered, "AV-1", "expired")
    with registered.begin() as connection:
        end(connection, SCHOOL, "AV-1", State.RETIRED, "sold", 9)
    assert found(registered) == ()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("version", "root", "problem"),
    [
        (LARGEST_NUMBER, 1, "version-unknown"),
        (4, 2, "version-unknown"),
        (2, 2, "version-unknown"),
        (3, 3, "root-unknown"),
        (LARGEST_NUMBER, LARGEST_NUMBER, "root-unknown"),
    ],
)
def test_what_was_never_published_is_an_alarm_about_that_device(
    registered: Engine, version: int, root: int, problem: str
) -> None:
    say(registered, "AV-2", "current", at=6)
    say(registered, "AV-1", "current", version=version, root=root, at=7)
    alarm = Alarm(device="AV-1", state="unknown", problem=problem, version=version, at=7)
    assert found(registered) == (alarm,)
    say(registered, "AV-1", "current", at=8)
    assert found(registered) == ()


@pytest.mark.fault
def test_a_refusal_keeps_its_reason_whatever_is_in_use(registered: Engine) -> None:
    say(registered, "AV-1", "refused", "bundle-malformed", version=2)
    (alarm,) = found(registered)
    assert (alarm.state, alarm.problem, alarm.version) == ("refused", "bundle-malformed", 2)


@pytest.mark.fault
def test_a_row_that_nobody_published_makes_nothing_known(registered: Engine) -> None:
    with registered.begin() as connection:
        publish(connection, LARGEST_NUMBER)
    say(registered, "AV-1", "current", version=LARGEST_NUMBER)
    assert [alarm.problem for alarm in found(registered)] == ["version-unknown"]


def test_what_was_published_runs_out(engine: Engine, tmp_path: Path) -> None:
    services.ensure_published(engine, SigningKeys(tmp_path), SCHOOL)
    now = now_ms()
    assert found(engine, now) == ()
    (soon,) = found(engine, now + 170 * DAY)
    assert (soon.device, soon.state, soon.version) == ("", "expires-soon", 1)
    (over,) = found(engine, now + 181 * DAY)
    assert over.state == "expired"


def test_a_licence_that_ends_is_an_alarm_of_the_collector(registered: Engine) -> None:
    end_ms = 40 * 86_400_000
    with registered.begin() as connection:
        newest = bundles.c.version == 3
        connection.execute(update(bundles).where(newest).values(licensed_until=end_ms))
    assert found(registered, now=end_ms - 15 * 86_400_000) == ()
    (soon,) = found(registered, now=end_ms - 13 * 86_400_000)
    assert (soon.device, soon.state, soon.at) == ("", "licence-ends-soon", end_ms)
    assert [alarm.state for alarm in found(registered, now=end_ms)] == ["licence-ended"]
