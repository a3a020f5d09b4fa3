from datetime import timedelta

from lamplighter_collector.clock import utc_now
from lamplighter_collector.enrolment.authority import Authority

from tests.collector.enrolment.conftest import made_authority
from tests.collector.stores import SCHEMA
from tests.collector.terminal import Terminal


def test_status_tells_kinds_forms_and_counts_and_nobody(filled: Terminal) -> None:
    answer = filled.run("status", "--json")
    assert answer.code == 0
    state = answer.json
    assert state["schema"] == SCHEMA
    assert state["store"] == filled.engine.dialect.name
    assert state["devices"] == {"enrolled": 1, "revoked": 0, "retired": 0}
    (master,) = (name for name in state["secrets"] if name.startswith("keys/master-"))
    assert state["secrets"][master] in {"sealed by systemd-creds", "a file, mode 0600"}
    plain = filled.run("status").out
    assert master in plain
    for text in (answer.out, plain):
        assert "pupil07" not in text
        assert "zebra" not in text


def test_status_tells_what_waits_of_portable_media_by_id(filled: Terminal) -> None:
    nothing = {"requests_waiting": 0, "loans_due": 0, "loans_due_first": []}
    assert filled.run("status", "--json").json["portable_media"] == nothing
    stick, borrower = ("--medium", "usb:0951:1666:60A44C3F"), ("--to", "person:pupil07")
    lent = filled.run("media", "loan", *stick, *borrower, "--for", "10d", "--json")
    (loan,) = lent.json
    told = filled.run("status", "--json").json["portable_media"]
    assert told == {"requests_waiting": 0, "loans_due": 1, "loans_due_first": [loan["id"]]}
    plain = filled.run("status").out
    assert f"loans_due_first: {loan['id']}" in plain
    assert "pupil07" not in plain


def test_status_before_the_first_start(terminal: Terminal) -> None:
    state = terminal.run("status", "--json").json
    assert state["secrets"] == {}
    assert "secrets: none" in terminal.run("status").out


def test_status_names_the_authority_and_what_is_wrong_with_it(terminal: Terminal) -> None:
    assert terminal.run("status", "--json").json["authority"] == {}
    authority = Authority.open(terminal.config.state, terminal.config.organisation, utc_now())
    found = terminal.run("status", "--json").json
    assert found["authority"]["pin"] == authority.pin
    assert found["authority"]["problem"] == ""
    assert found["clock"] == "as the store expects"
    assert "authority/authority" in found["secrets"]
    file = terminal.config.state / "authority" / "authority.pem"
    file.write_bytes(made_authority(utc_now() + timedelta(days=730)).pem)
    assert "does not belong" in terminal.run("status", "--json").json["authority"]["problem"]
