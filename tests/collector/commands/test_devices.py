"""``devices``, as a technician uses it, on both databases."""

import pytest
from lamplighter_collector.audit.models import audit
from lamplighter_collector.db.changes import revisions
from lamplighter_collector.devices.beats import Beat, Capability, record
from lamplighter_collector.keys.services import open_seals

from tests.collector.items import LAPTOP
from tests.collector.stores import ENROLLED_MS, register, rows
from tests.collector.terminal import Terminal
from tests.support.collector import ORGANISATION


@pytest.mark.parametrize(("verb", "state"), [("revoke", "revoked"), ("retire", "retired")])
def test_an_end_is_listed_counted_and_on_record(terminal: Terminal, verb: str, state: str) -> None:
    open_seals(terminal.config, terminal.engine).close()
    register(terminal.engine, LAPTOP)
    (listed,) = terminal.run("devices", "list", "--json").json
    assert (listed["device"], listed["state"], listed["ended"]) == ("lap-17", "enrolled", "")
    assert listed["certificate_until"].endswith("Z")
    answer = terminal.run("devices", verb, "lap-17", "--why", "left-on-bus")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"lap-17 is {state} (left-on-bus): nothing that it sends is stored any more.\n"
    (listed,) = terminal.run("devices", "list", "--json").json
    assert (listed["state"], listed["why"]) == (state, "left-on-bus")
    assert listed["ended"]
    assert state in terminal.run("devices", "list").out
    with terminal.engine.begin() as connection:
        assert revisions(connection, ORGANISATION) == {"devices": 2}
    assert rows(terminal.engine, audit, "actor", "verb", "object") == [
        ("console", f"device-{state}", "lap-17 left-on-bus")
    ]


@pytest.mark.parametrize(
    ("tag", "why", "named"),
    [
        ("lap-18", "stolen", "no such device"),
        ("lap-17", "Left on the bus", "--why"),
        ("lap-17", "", "--why"),
    ],
)
def test_what_can_not_end_is_named_and_changes_nothing(
    terminal: Terminal, tag: str, why: str, named: str
) -> None:
    open_seals(terminal.config, terminal.engine).close()
    register(terminal.engine, LAPTOP)
    answer = terminal.run("devices", "revoke", tag, "--why", why)
    assert answer.code == 2
    assert named in answer.err
    assert rows(terminal.engine, audit) == []
    with terminal.engine.begin() as connection:
        assert revisions(connection, ORGANISATION) == {"devices": 1}


def test_a_list_is_short_and_one_device_is_shown_whole(terminal: Terminal) -> None:
    open_seals(terminal.config, terminal.engine).close()
    register(terminal.engine, LAPTOP)
    reason = "recorded only: udev's daemon does not run"
    media = Capability(
        sensor="portable media",
        backend="kernel events and mounts",
        working=True,
        reason=reason,
        remedy="start it",
    )
    with terminal.engine.begin() as connection:
        record(connection, LAPTOP, Beat(sent_at=ENROLLED_MS, capabilities=(media,)), ENROLLED_MS)
    first, *rest = terminal.run("devices", "list").out.splitlines()
    assert first.startswith("lap-17  enrolled  seen 20")
    assert rest == ["  - no signed lists yet, so nothing is sensed", "  - works in part: portable media"]
    whole = terminal.run("devices", "show", "lap-17").out
    line = f"    portable media (kernel events and mounts): works, {reason}. To do: start it"
    assert line in whole.splitlines()
    (listed,) = terminal.run("devices", "list", "--json").json
    assert terminal.run("devices", "show", "lap-17", "--json").json == listed
    assert listed["health"]["capabilities"][0]["reason"] == reason
    none = terminal.run("devices", "show", "lap-18")
    assert (none.code, none.out) == (2, "")
    assert "no such device" in none.err


def test_a_second_end_tells_of_the_first(terminal: Terminal) -> None:
    open_seals(terminal.config, terminal.engine).close()
    register(terminal.engine, LAPTOP)
    terminal.run("devices", "revoke", "lap-17", "--why", "stolen")
    (listed,) = terminal.run("devices", "list", "--json").json
    again = terminal.run("devices", "retire", "lap-17", "--why", "found")
    assert again.code == 0
    assert f"It was revoked already (stolen, {listed['ended']})." in again.out
