"""What the writer's own transaction knows of the register, on both databases."""

import threading
from dataclasses import replace

import pytest
from lamplighter_collector.db.driver import transaction
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.devices.gate import Gate
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.devices.register import State, end
from lamplighter_collector.errors import DeviceRetired, DeviceRevoked, IdentityReplaced, SendersRefused
from sqlalchemy import Engine

from tests.collector.items import LAPTOP
from tests.collector.stores import register
from tests.support.collector import ORGANISATION

OTHER = replace(LAPTOP, device="lap-18", identity="3d3a1a52-17ab-4b7f-8a63-5a6ad9a4ad9e")
AT_MS = 1_795_250_000_000


def check(engine: Engine, gate: Gate, *senders: DeviceName) -> dict[str, type[Exception]]:
    """Whom the gate refuses in a transaction of its own, and by which error."""
    try:
        with transaction(engine) as cursor:
            gate.check(cursor, senders)
    except SendersRefused as refusal:
        return {sender.device: type(error) for sender, error in refusal.refused.items()}
    return {}


def test_who_was_never_enrolled_is_refused(engine: Engine) -> None:
    assert check(engine, Gate(), LAPTOP) == {"lap-17": IdentityReplaced}


@pytest.mark.parametrize(("state", "error"), [(State.REVOKED, DeviceRevoked), (State.RETIRED, DeviceRetired)])
def test_an_end_counts_from_the_next_transaction_on(
    engine: Engine, state: State, error: type[Exception]
) -> None:
    register(engine, LAPTOP, OTHER)
    gate = Gate()
    assert check(engine, gate, LAPTOP, OTHER) == {}
    with engine.begin() as connection:
        assert end(connection, ORGANISATION, "lap-17", state, "stolen", AT_MS)
    assert check(engine, gate, LAPTOP, OTHER) == {"lap-17": error}
    assert check(engine, gate, OTHER) == {}
    assert check(engine, gate) == {}


def test_an_identity_that_was_replaced_is_refused_and_the_new_one_is_served(engine: Engine) -> None:
    register(engine, LAPTOP)
    gate = Gate()
    assert check(engine, gate, LAPTOP) == {}
    again = replace(LAPTOP, identity=OTHER.identity)
    register(engine, again)
    assert check(engine, gate, LAPTOP, again) == {"lap-17": IdentityReplaced}
    assert check(engine, gate, again) == {}


@pytest.mark.parametrize(("state", "error"), [(State.REVOKED, DeviceRevoked), (State.RETIRED, DeviceRetired)])
def test_who_ended_is_told_so_also_when_the_asset_tag_is_anothers(
    engine: Engine, state: State, error: type[Exception]
) -> None:
    register(engine, LAPTOP)
    gate = Gate()
    with engine.begin() as connection:
        assert end(connection, ORGANISATION, "lap-17", state, "stolen", AT_MS)
    second = replace(LAPTOP, identity=OTHER.identity)
    third = replace(LAPTOP, identity="9b0f1c9e-6a0e-4b57-9d0d-3f6b8f0c2a11")
    register(engine, second)
    assert check(engine, gate, LAPTOP, second) == {"lap-17": error}
    register(engine, third)
    assert check(engine, gate, LAPTOP, third) == {"lap-17": error}
    assert check(engine, gate, second) == {"lap-17": IdentityReplaced}
    assert check(engine, gate, third) == {}


def test_another_organisation_has_a_register_of_its_own(engine: Engine) -> None:
    register(engine, LAPTOP)
    assert check(engine, Gate(), replace(LAPTOP, organisation="Elsewhere")) == {"lap-17": IdentityReplaced}


def test_an_end_by_another_process_counts_at_once(engine: Engine, store_url: str) -> None:
    register(engine, LAPTOP)
    gate = Gate()
    assert check(engine, gate, LAPTOP) == {}
    console = writing_engine(store_url)
    try:
        with console.begin() as connection:
            end(connection, ORGANISATION, "lap-17", State.REVOKED, "stolen", AT_MS)
    finally:
        console.dispose()
    assert check(engine, gate, LAPTOP) == {"lap-17": DeviceRevoked}


def test_an_end_waits_for_the_group_that_was_first(engine: Engine, store_url: str) -> None:
    """So that nothing is stored after the commit of the end."""
    register(engine, LAPTOP)
    order: list[str] = []
    begun = threading.Event()

    def console() -> None:
        other = writing_engine(store_url)
        begun.set()
        with other.begin() as connection:
            end(connection, ORGANISATION, "lap-17", State.REVOKED, "stolen", AT_MS)
        order.append("ended")
        other.dispose()

    revoking = threading.Thread(target=console)
    with transaction(engine) as cursor:
        Gate().check(cursor, [LAPTOP])
        revoking.start()
        assert begun.wait(10)
        revoking.join(0.3)
        order.append("stored")
    revoking.join(10)
    assert order == ["stored", "ended"]
    assert check(engine, Gate(), LAPTOP) == {"lap-17": DeviceRevoked}
