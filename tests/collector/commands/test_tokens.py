"""``tokens``, as a technician uses it, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from lamplighter_collector.audit.models import audit
from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.enrolment.models import enrolment_tokens
from sqlalchemy import update

from tests.collector.items import LAPTOP
from tests.collector.stores import register, rows
from tests.collector.terminal import Terminal

RULE = ("--asset-tags", "AV-00*", "--attester", "Robin Fenwick")


@pytest.fixture(autouse=True)
def _address(terminal: Terminal) -> None:
    text = terminal.path.read_text(encoding="utf-8").replace(
        '[enrolment]\nlisten = "127.0.0.1:0"',
        '[enrolment]\nlisten = "0.0.0.0:7444"\npublic = "lamp.example:7444"',
    )
    terminal.path.write_text(text, encoding="utf-8")


def test_issued_listed_and_withdrawn(terminal: Terminal) -> None:
    issued = terminal.run("tokens", "issue", *RULE, "--uses", "30", "--hours", "2", "--group", "staff").json
    assert set(issued) == {"token", "pin", "collector", "expires"}
    assert issued["collector"] == "lamp.example:7444"
    assert issued["pin"].startswith("sha256:")
    expires = datetime.fromisoformat(issued["expires"])
    assert timedelta(minutes=115) < expires - datetime.now(UTC) <= timedelta(hours=2)
    id_, _, secret = issued["token"].partition(".")
    (listed,) = terminal.run("tokens", "list", "--json").json
    assert (listed["token"], listed["state"], listed["uses_left"], listed["group"]) == (
        id_,
        "open",
        30,
        "staff",
    )
    assert terminal.run("tokens", "withdraw", id_).code == 0
    assert terminal.run("tokens", "withdraw", id_).code == 2
    (listed,) = terminal.run("tokens", "list", "--json").json
    assert listed["state"] == "withdrawn"
    assert "withdrawn" in terminal.run("tokens", "list").out
    assert rows(terminal.engine, audit, "number", "actor", "verb", "object") == [
        (1, "console", "token-issued", f"token {id_}"),
        (2, "console", "token-withdrawn", f"token {id_}"),
    ]
    stored = repr(rows(terminal.engine, enrolment_tokens))
    assert secret not in stored
    assert "Robin" not in stored
    assert terminal.run("keys", "prove", "--json").code == 0


def test_the_pin_stays(terminal: Terminal) -> None:
    assert (
        terminal.run("tokens", "issue", *RULE).json["pin"]
        == terminal.run("tokens", "issue", *RULE).json["pin"]
    )


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"--asset-tags": "AV 00*"}, "--asset-tags"),
        ({"--asset-tags": ""}, "--asset-tags"),
        ({"--attester": "  "}, "--attester"),
        ({"--attester": "x" * 200}, "--attester"),
        ({"--group": "Pupils"}, "--group"),
        ({"--group": "teachers"}, "--group"),
        ({"--uses": "0"}, "--uses"),
        ({"--uses": "1001"}, "--uses"),
        ({"--hours": "169"}, "--hours"),
    ],
)
def test_what_no_token_can_be_made_of_is_named(
    terminal: Terminal, changes: dict[str, str], named: str
) -> None:
    options = {"--asset-tags": "AV-*", "--attester": "Robin Fenwick"} | changes
    answer = terminal.run("tokens", "issue", *(part for option in options.items() for part in option))
    assert answer.code == 2
    assert named in answer.err
    assert answer.out == ""
    assert rows(terminal.engine, enrolment_tokens) == []


@pytest.mark.parametrize(("change", "state"), [({"uses_left": 0}, "used up"), ({"expires_at": 1}, "expired")])
def test_the_state_says_why_it_is_of_no_use(terminal: Terminal, change: dict[str, int], state: str) -> None:
    terminal.run("tokens", "issue", *RULE)
    with terminal.engine.begin() as connection:
        connection.execute(update(enrolment_tokens).values(change))
    (listed,) = terminal.run("tokens", "list", "--json").json
    assert listed["state"] == state


@pytest.mark.fault
def test_a_clock_that_is_off_is_named(terminal: Terminal) -> None:
    assert "warning" not in terminal.run("tokens", "issue", *RULE).json
    register(terminal.engine, LAPTOP)
    with terminal.engine.begin() as connection:
        later = now_ms() + 730 * 86_400_000
        connection.exec_driver_sql(f"UPDATE devices SET last_seen_at = {later}")
    assert "before the newest thing in the store" in terminal.run("status").out
    warning = terminal.run("tokens", "issue", *RULE).json["warning"]
    assert "set the clock" in warning


def test_a_port_that_nobody_chose_is_known_once_a_collector_ran(terminal: Terminal) -> None:
    text = terminal.path.read_text(encoding="utf-8")
    terminal.path.write_text(
        text.replace('listen = "0.0.0.0:7444"\npublic = "lamp.example:7444"', 'listen = "127.0.0.1:0"'),
        encoding="utf-8",
    )
    answer = terminal.run("tokens", "issue", *RULE)
    assert answer.code == 2
    assert "no collector has run here yet" in answer.err
    terminal.config.state.mkdir(exist_ok=True, mode=0o700)
    (terminal.config.state / "listening.json").write_text(
        '{"enrolment": "127.0.0.1:41234"}', encoding="utf-8"
    )
    assert terminal.run("tokens", "issue", *RULE).json["collector"] == "127.0.0.1:41234"


def test_a_store_that_is_not_there_is_named(terminal: Terminal, store_url: str) -> None:
    engine = writing_engine(store_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE enrolment_tokens")
    engine.dispose()
    answer = terminal.run("tokens", "list")
    assert answer.code == 2
    assert "Traceback" not in answer.err


def test_a_token_for_enrolled_laptops_says_so_in_list_and_record(terminal: Terminal) -> None:
    terminal.run("tokens", "issue", *RULE)
    assert terminal.run("tokens", "issue", *RULE, "--replace").code == 0
    listed = terminal.run("tokens", "list", "--json").json
    assert sorted(row["replaces"] for row in listed) == [False, True]
    verbs = [verb for (_, verb) in rows(terminal.engine, audit, "number", "verb")]
    assert verbs == ["token-issued", "token-issued-to-replace"]
