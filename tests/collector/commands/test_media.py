"""``media``, as a technician uses it, on both databases; and every slip told by its option."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from lamplighter_collector.audit.models import audit
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.keys.services import open_seals
from lamplighter_collector.media.spans import UNTIL_WORDS
from lamplighter_protos.v1 import detection_pb2

from tests.collector.items import LAPTOP
from tests.collector.media.office import Office
from tests.collector.stores import register, rows
from tests.collector.terminal import Terminal, invoked
from tests.support.media_messages import receipt, request

STICK = ("--medium", "usb:0951:1666:60A44C3FAC35")
WREN = ("--to", "person:wren")
WHY = ("--reason", "SATs files")
GRANT = (*STICK, *WREN, "--read-only", "--for", "2h", *WHY)


def answered(terminal: Terminal, *arguments: str) -> Any:
    answer = terminal.run("media", *arguments, "--json")
    assert answer.code == 0, answer.err
    return answer.json


def verbs(terminal: Terminal) -> list[str]:
    return [verb for _, verb in rows(terminal.engine, audit, "number", "verb") if verb.startswith("media")]


def delivered(terminal: Terminal, *messages: detection_pb2.Detection) -> None:
    seals = open_seals(terminal.config, terminal.engine)
    register(terminal.engine, LAPTOP)
    office = Office(engine=terminal.engine, seals=seals, keys=None)  # type: ignore[arg-type]
    SqlStore(terminal.engine).accept([office.arrival(one) for one in messages])
    seals.close()


def test_a_permission_from_grant_to_revocation(terminal: Terminal) -> None:
    (given,) = answered(terminal, "grant", *GRANT, "--encrypted", "--name", "Stick 4")
    assert (given["to"], given["access"], given["needs_encryption"]) == ("person:wren", "read_only", True)
    (listed,) = answered(terminal, "list")
    assert (listed["id"], listed["state"], listed["reason"]) == (given["id"], "holds", "SATs files")
    assert "person:wren" in terminal.run("media", "list").out
    (revoked,) = answered(terminal, "revoke", given["id"])
    assert revoked["state"] == "revoked"
    assert answered(terminal, "list") == []
    (past,) = answered(terminal, "list", "--all")
    assert past["state"] == "revoked"
    assert verbs(terminal) == ["media-granted", "media-revoked"]


def test_a_request_is_listed_and_granted_or_refused(terminal: Terminal) -> None:
    delivered(terminal, request(), request())
    first, second = answered(terminal, "requests")
    assert (first["person"], first["reason"], first["nameable"]) == ("pupil07", "homework", True)
    (given,) = answered(
        terminal, "grant", "--request", first["request"], "--read-write", "--until", "2026-12-31"
    )
    assert (given["to"], given["reason"]) == ("person:pupil07", "asked for: homework")
    (refused,) = answered(terminal, "refuse", second["request"])
    assert (refused["state"], "register" in refused) == ("refused", True)
    assert answered(terminal, "requests") == []
    assert len(answered(terminal, "requests", "--all")) == 2
    again = terminal.run("media", "refuse", first["request"])
    assert (again.code, "answered before" in again.err) == (2, True)


def test_receipts_tell_verdicts_and_no_names(terminal: Terminal) -> None:
    delivered(terminal, receipt())
    (one,) = answered(terminal, "receipts")
    assert (one["verdict"], one["files"], one["given"]) == ("clean", 300, "read_only")
    assert "pupil07" not in str(one)


def test_loans_are_noted_renewed_and_given_back(terminal: Terminal) -> None:
    (lent,) = answered(terminal, "loan", *STICK, *WREN, "--for", "10d", "--encrypted", "--name", "Stick 4")
    assert answered(terminal, "loans", "--expiring", "2d") == []
    (due,) = answered(terminal, "loans", "--expiring", "14d")
    assert (due["id"], due["to"], due["overdue"]) == (lent["id"], "wren", False)
    answered(terminal, "renew-loan", lent["id"], "--for", "30d")
    assert answered(terminal, "loans", "--expiring", "14d") == []
    answered(terminal, "return-loan", lent["id"])
    assert answered(terminal, "loans") == []


def test_a_day_to_its_end_is_shown_as_the_last_second_of_that_day(terminal: Terminal) -> None:
    day = (datetime.now().astimezone() + timedelta(days=30)).date()
    last = datetime.combine(day, time(23, 59, 59)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    until = ("--until", day.isoformat())
    (given,) = answered(terminal, "grant", *STICK, *WREN, "--read-only", *until, *WHY)
    (lent,) = answered(terminal, "loan", *STICK, *WREN, *until)
    (renewed,) = answered(terminal, "renew-loan", lent["id"], *until)
    (listed,), (due,) = answered(terminal, "list"), answered(terminal, "loans")
    assert {given["ends"], listed["ends"], lent["due"], renewed["due"], due["due"]} == {last}
    assert f"due {last}" in terminal.run("media", "loan", *STICK, *WREN, *until).err


def test_an_unlock_code_is_given_and_on_record_but_not_in_it(terminal: Terminal) -> None:
    delivered(terminal)
    (told,) = answered(terminal, "unlock-code", "lap-17", "--serial", "60A44C3FAC35")
    assert len(told["code"]) == 8
    assert told["good_until"].endswith(":00:00Z")
    ((about,),) = [row for row in rows(terminal.engine, audit, "object") if "serial" in row[0]]
    assert about == "lap-17 serial 60A44C3FAC35"


def test_a_medium_that_is_out_is_not_lent_again_and_the_loan_is_named(terminal: Terminal) -> None:
    (lent,) = answered(terminal, "loan", *STICK, *WREN, "--for", "10d")
    again = terminal.run("media", "loan", STICK[0], STICK[1].lower(), "--to", "person:dev", "--for", "2d")
    assert again.code == 2
    assert f"--medium: it is out: loan {lent['id']}, due {lent['due']}" in again.err
    assert "wren" not in again.err
    answered(terminal, "return-loan", lent["id"])
    answered(terminal, "loan", *STICK, "--to", "person:dev", "--for", "2d")


def test_until_is_explained_in_one_way() -> None:
    for verb in ("grant", "loan", "renew-loan"):
        shown = invoked("media", verb, "--help").stdout
        assert UNTIL_WORDS in " ".join(shown.replace("\u2502", " ").split())
    assert "group:" not in invoked("media", "loan", "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("grant", *WREN, "--read-only", "--for", "2h", *WHY), "--medium"),
        (("grant", *GRANT, "--request", "0" * 32), "--medium"),
        (("grant", "--medium", "usb:0951:1666:", *GRANT[2:]), "no serial number"),
        (("grant", "--medium", "usb:0951:1666:0000", *GRANT[2:]), "--medium: its serial number is one"),
        (("grant", "--medium", "a stick", *GRANT[2:]), "BUS:VENDOR:PRODUCT:SERIAL"),
        (("grant", *STICK, *WREN, "--for", "2h", *WHY), "--read-only"),
        (("grant", *GRANT, "--read-write"), "say one of both: --read-only or --read-write"),
        (("grant", "--read-write", *GRANT), "say one of both: --read-only or --read-write"),
        (("grant", *STICK, *WREN, "--read-only", *WHY), "--for"),
        (("grant", *GRANT, "--until", "2026-12-31"), "--for"),
        (("grant", *STICK, *WREN, "--read-only", "--for", "soon", *WHY), "--for"),
        (("grant", *STICK, *WREN, "--read-only", "--for", "99999d", *WHY), "--for: at most 400 days ahead"),
        (("loan", *STICK, *WREN, "--for", "99999d"), "--for: at most 400 days ahead"),
        (("renew-loan", "ml-0", "--for", "99999d"), "--for: at most 400 days ahead"),
        (
            ("grant", *STICK, *WREN, "--read-only", "--until", "2020-01-01", *WHY),
            "--until: it must end in the future",
        ),
        (("grant", *STICK, *WREN, "--read-only", "--until", "Friday", *WHY), f"--until: {UNTIL_WORDS}"),
        (("grant", "--medium", "floppy:0951:1666:60A44C3F", *GRANT[2:]), "--medium: the bus is one that"),
        (("grant", *STICK, *WREN, "--read-only", "--for", "2h"), "--reason: say why"),
        (("grant", *STICK, "--to", "wren", *GRANT[4:]), "--to"),
        (("grant", *STICK, "--to", "group:visitors", *GRANT[4:]), "group:pupil"),
        (("grant", "--request", "0" * 32, "--read-only", "--for", "2h"), "no such request"),
        (("revoke", "mp-0"), "no such permission: `media list` shows"),
        (("refuse", "x"), "no such request: `media requests` shows"),
        (("loan", *STICK, "--to", "group:pupil", "--for", "2h"), "--to: person:NAME, the account of the one"),
        (("loans", "--expiring", "soon"), "--expiring"),
        (("renew-loan", "ml-0", "--for", "2h"), "no such loan"),
        (("return-loan", "ml-0"), "no such loan: `media loans` shows"),
        (("unlock-code", "lap-99", "--serial", "60A44C3F"), "no such device"),
        (("unlock-code", "lap-99", "--serial", "00000000"), "ASSET_TAG"),
    ],
)
def test_a_slip_is_named_and_changes_nothing(
    terminal: Terminal, arguments: Sequence[str], named: str
) -> None:
    open_seals(terminal.config, terminal.engine).close()
    answer = terminal.run("media", *arguments)
    assert answer.code == 2
    assert named in answer.err
    assert verbs(terminal) == []
