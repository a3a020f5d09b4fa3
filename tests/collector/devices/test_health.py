import pytest
from lamplighter_collector.devices import health as module
from lamplighter_collector.devices.health import Health, Tally, health, tally
from lamplighter_collector.devices.models import devices
from sqlalchemy import Connection, Engine, insert

from tests.support.collector import ORGANISATION


def enrolled(
    connection: Connection,
    device: str,
    *,
    seen: int,
    organisation: str = ORGANISATION,
    state: str = "enrolled",
) -> None:
    row: dict[str, object] = {column.name: 0 for column in devices.columns}
    row |= {column.name: "" for column in devices.columns if column.type.python_type is str}
    row |= {
        "organisation": organisation,
        "device": device,
        "state": state,
        "attester": b"sealed",
        "machine": b"",
    }
    connection.execute(insert(devices).values(row | {"last_seen_at": seen, "bundle_version": 3}))


def test_the_longest_silent_come_first_and_another_schools_do_not_come(engine: Engine) -> None:
    with engine.begin() as connection:
        enrolled(connection, "AV-0002", seen=20)
        enrolled(connection, "AV-0001", seen=10)
        enrolled(connection, "AV-0003", seen=5, organisation="Elsewhere")
        found = health(connection, ORGANISATION)
        assert tally(connection, ORGANISATION, silent_since_ms=10) == Tally(devices=2, enrolled=2, silent=1)
        assert tally(connection, "Nobody's", silent_since_ms=10) == Tally(devices=0, enrolled=0, silent=0)
    assert [device.asset_tag for device in found] == ["AV-0001", "AV-0002"]
    assert found[0] == Health(
        asset_tag="AV-0001",
        state="enrolled",
        last_seen_at_ms=10,
        replaced_at_ms=0,
        superseded_at_ms=0,
        copied_at_ms=0,
        bundle_version=3,
        bundle_state="",
        bundle_problem="",
    )


def test_what_has_ended_neither_hides_what_is_in_use_nor_counts_as_silent(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_DEVICES", 2)
    with engine.begin() as connection:
        for number in range(3):
            enrolled(connection, f"OLD-{number}", seen=number, state="retired")
        enrolled(connection, "AV-0001", seen=90)
        found = health(connection, ORGANISATION)
        assert tally(connection, ORGANISATION, silent_since_ms=50) == Tally(devices=4, enrolled=1, silent=0)
    assert [device.asset_tag for device in found] == ["AV-0001", "OLD-0"]
