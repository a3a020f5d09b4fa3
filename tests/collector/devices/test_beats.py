import json
from dataclasses import replace
from typing import Any

from lamplighter_collector.devices.beats import Beat, Capability, record
from lamplighter_collector.devices.health import health, said
from lamplighter_collector.devices.models import heartbeats
from lamplighter_collector.devices.register import standing_of
from sqlalchemy import Engine, select, update

from tests.collector.items import LAPTOP
from tests.collector.stores import ENROLLED_MS, register

LATER = ENROLLED_MS + 60_000


def beat(**changes: Any) -> Beat:
    titles = Capability(sensor="titles", backend="x11", working=False, reason="no desktop", remedy="")
    return replace(Beat(sent_at=LATER - 500, capabilities=(titles,), counts={"observed": 7}), **changes)


def test_the_last_heartbeat_is_kept_and_the_device_was_seen(engine: Engine) -> None:
    register(engine, LAPTOP)
    with engine.begin() as connection:
        assert said(connection, LAPTOP.organisation) == {}
        record(connection, LAPTOP, beat(sensing=True), LATER - 10)
        record(connection, LAPTOP, beat(sessions=1, battery_percent=40, on_battery=True), LATER)
        heard = said(connection, LAPTOP.organisation)[LAPTOP.device]
        (device,) = health(connection, LAPTOP.organisation)
    assert heard.beat == beat(sessions=1, battery_percent=40, on_battery=True)
    assert (heard.received_at, heard.skew_ms) == (LATER, 500)
    assert (device.heard, device.last_seen_at_ms) == (heard, LATER)


def test_what_a_newer_collector_kept_costs_an_older_one_no_page(engine: Engine) -> None:
    register(engine, LAPTOP)
    with engine.begin() as connection:
        record(connection, LAPTOP, beat(), LATER)
        kept = str(connection.scalar(select(heartbeats.c.capabilities)))
        newer = json.dumps([one | {"colour": "blue"} for one in json.loads(kept)])
        connection.execute(update(heartbeats).values(capabilities=newer))
        assert said(connection, LAPTOP.organisation)[LAPTOP.device].beat == beat()


def test_what_an_earlier_enrolment_said_is_not_this_laptops(engine: Engine) -> None:
    register(engine, LAPTOP)
    again = replace(LAPTOP, identity="0f8e5f0e-0000-4000-8000-000000000009")
    with engine.begin() as connection:
        record(connection, LAPTOP, beat(), LATER)
    register(engine, again)
    with engine.begin() as connection:
        standing = standing_of(connection, LAPTOP.organisation, LAPTOP.device)
        assert standing is not None
        assert standing.identity == again.identity
        assert said(connection, LAPTOP.organisation) == {}
        record(connection, again, beat(), LATER + 1)
        assert said(connection, LAPTOP.organisation)[LAPTOP.device].received_at == LATER + 1
