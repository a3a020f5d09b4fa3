from dataclasses import replace

import pytest
from lamplighter_collector.db.changes import revisions
from lamplighter_collector.devices.identity import Holder
from lamplighter_collector.devices.register import (
    Standing,
    State,
    end,
    list_devices,
    refusal_of,
    renewed,
    serials_of,
    standing_of,
    standings,
    superseded,
)
from lamplighter_collector.errors import DeviceRetired, DeviceRevoked, IdentityReplaced
from sqlalchemy import Engine

from tests.collector.items import LAPTOP
from tests.collector.stores import ENROLLED_MS, register
from tests.support.collector import ORGANISATION

AT_MS = ENROLLED_MS + 1_000
MINE = Standing(identity=LAPTOP.identity, state=State.ENROLLED, ended_at=0)


@pytest.mark.parametrize(
    ("standing", "error"),
    [
        (MINE, type(None)),
        (None, IdentityReplaced),
        (replace(MINE, identity="another"), IdentityReplaced),
        (replace(MINE, state=State.REVOKED), DeviceRevoked),
        (replace(MINE, state=State.RETIRED), DeviceRetired),
        (replace(MINE, identity="another", former={LAPTOP.identity: State.REVOKED}), DeviceRevoked),
        (replace(MINE, identity="another", former={LAPTOP.identity: State.RETIRED}), DeviceRetired),
        (replace(MINE, identity="another", former={"a third": State.RETIRED}), IdentityReplaced),
        # Who is refused anyway learns nothing of the identity that took its place.
        (replace(MINE, identity="another", state=State.REVOKED), IdentityReplaced),
    ],
)
def test_only_the_identity_that_is_enrolled_is_served(standing: Standing | None, error: type) -> None:
    assert type(refusal_of(standing, LAPTOP.identity)) is error


def test_enrolled_renewed_ended_and_enrolled_again(engine: Engine) -> None:
    register(engine, LAPTOP)
    with engine.begin() as connection:
        assert standing_of(connection, ORGANISATION, "lap-17") == MINE
        renewed(connection, Holder(name=LAPTOP, serial="5"), serial="6", not_after=7)
        assert serials_of(connection, LAPTOP) == ("6", "5")
        assert end(connection, ORGANISATION, "lap-17", State.RETIRED, "sold", AT_MS)
        (row,) = list_devices(connection, ORGANISATION)
        assert (row["serial"], row["not_after"], row["ended_why"]) == ("6", 7, "sold")
        assert standings(connection, ORGANISATION) == {
            "lap-17": replace(MINE, state=State.RETIRED, ended_at=AT_MS)
        }
    again = replace(LAPTOP, identity="3d3a1a52-17ab-4b7f-8a63-5a6ad9a4ad9e")
    register(engine, again)
    with engine.begin() as connection:
        assert standings(connection, ORGANISATION) == {
            "lap-17": replace(MINE, identity=again.identity, former={LAPTOP.identity: State.RETIRED})
        }
        (row,) = list_devices(connection, ORGANISATION)
        assert (row["ended_why"], row["ended_at"], row["serial"]) == ("", 0, "5")
        assert revisions(connection, ORGANISATION) == {"devices": 3}


def test_a_device_that_is_not_there_can_not_end(engine: Engine) -> None:
    with engine.begin() as connection:
        assert not end(connection, ORGANISATION, "lap-17", State.REVOKED, "stolen", AT_MS)
        assert standing_of(connection, ORGANISATION, "lap-17") is None


def test_organisations_are_apart(engine: Engine) -> None:
    register(engine, LAPTOP, replace(LAPTOP, organisation="Elsewhere", device="lap-99"))
    with engine.begin() as connection:
        assert set(standings(connection, ORGANISATION)) == {"lap-17"}
        assert not end(connection, ORGANISATION, "lap-99", State.REVOKED, "stolen", AT_MS)


def test_the_use_of_an_old_certificate_is_noted_once_an_hour_and_until_enrolled_again(engine: Engine) -> None:
    register(engine, LAPTOP)
    with engine.begin() as connection:
        assert serials_of(connection, LAPTOP) == ("5",)
        noted = [superseded(connection, LAPTOP, AT_MS + ms) for ms in (0, 3_599_999, 3_600_000)]
        assert noted == [True, False, True]
        (row,) = list_devices(connection, ORGANISATION)
        assert row["superseded_at"] == AT_MS + 3_600_000
        assert not superseded(connection, replace(LAPTOP, identity="another"), 2 * AT_MS)
    register(engine, replace(LAPTOP, identity="another"))
    with engine.begin() as connection:
        (row,) = list_devices(connection, ORGANISATION)
        assert row["superseded_at"] == 0
        assert serials_of(connection, LAPTOP) == ()
