"""What a technician left, read: what is right, what is not, and which tag a rule gives."""

from pathlib import Path

import pytest
from lamplighter_agent.enrolment.pending import Outcome, Pending, Tried, pending_in, tag_of, tried_in
from lamplighter_agent.errors import PendingUnusable

TOLD = {"collector": "c.example:7444", "pin": "SHA256:00", "asset_tag": "hostname", "token": "zebra.lantern"}


def test_what_is_whole_is_read() -> None:
    assert pending_in(TOLD) == Pending(
        collector="c.example:7444", pin="sha256:00", asset_tag="hostname", token="zebra.lantern"
    )
    file = {name: value for name, value in TOLD.items() if name != "token"} | {"token_file": "/etc/token"}
    assert pending_in(file).token_file == Path("/etc/token")
    assert "zebra" not in repr(pending_in(TOLD))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"collector": ""}, "collector"),
        ({"pin": 7}, "pin"),
        ({"token_file": "/etc/token"}, "token_file"),
        ({"token": "zebra", "tokn": "zebra"}, "nobody knows"),
    ],
)
def test_what_is_wrong_is_named_and_never_quoted(change: dict[str, object], named: str) -> None:
    with pytest.raises(PendingUnusable, match=named) as refused:
        pending_in(TOLD | change)
    assert "zebra" not in str(refused.value)


@pytest.mark.parametrize("lacking", ["collector", "pin", "asset_tag", "token"])
def test_what_is_missing_is_named(lacking: str) -> None:
    with pytest.raises(PendingUnusable, match=lacking):
        pending_in({name: value for name, value in TOLD.items() if name != lacking})


def test_a_token_s_file_is_a_whole_path() -> None:
    told = {name: value for name, value in TOLD.items() if name != "token"}
    with pytest.raises(PendingUnusable, match="whole path"):
        pending_in(told | {"token_file": "token"})


def test_a_tag_is_itself_or_what_a_rule_gives() -> None:
    about = {"hostname": "lap-17.school.example", "serial": "PF 2/ABC."}
    assert tag_of("AV-0042", **about) == "AV-0042"
    assert tag_of("hostname", **about) == "lap-17"
    assert tag_of("serial", **about) == "PF-2-ABC"


@pytest.mark.parametrize(("rule", "hostname"), [("hostname", "localhost"), ("hostname", ""), ("serial", "a")])
def test_a_rule_that_gives_nothing_is_refused(rule: str, hostname: str) -> None:
    with pytest.raises(PendingUnusable, match="asset_tag"):
        tag_of(rule, hostname=hostname, serial="")


def test_an_outcome_comes_through_a_pipe() -> None:
    told = Tried(outcome=Outcome.REFUSED, problem="used up")
    assert tried_in(told.line()) == told
    for line in (b"", b"{}", b'{"outcome": "well", "problem": ""}', b"[1]"):
        assert tried_in(line) is None
