"""The first accounts, over each kind of store."""

from pathlib import Path

import pytest
from lamplighter_collector.errors import AccountRefused, ConfigError
from lamplighter_collector.keys.services import open_seals
from lamplighter_collector.people.accounts import Accounts
from lamplighter_collector.people.passwords import verified
from lamplighter_collector.setup import people

from tests.collector.setup.answering import PASSWORD, answers
from tests.collector.terminal import Terminal


def test_they_are_added_once_and_who_is_there_stays(terminal: Terminal, tmp_path: Path) -> None:
    config, wanted = terminal.config, answers(tmp_path).accounts
    hashes = people.hashes_of(wanted)
    assert verified(hashes[0], PASSWORD)
    seals = open_seals(config, terminal.engine)
    try:
        accounts = Accounts(config.organisation, seals)
        with terminal.engine.begin() as connection:
            first = people.add(connection, accounts, wanted, hashes)
            again = people.add(connection, accounts, wanted, hashes)
            assert people.doubts(connection, accounts) == ()
            listed = accounts.listed(connection)
    finally:
        seals.close()
    assert [one["password"] for one in first] == [people.GIVEN, people.UNKNOWN]
    assert [one["state"] for one in again] == [people.THERE, people.THERE]
    assert {one.person.name for one in listed} == {"Rowan Alder", "Morgan Oak"}
    assert PASSWORD not in str(first)


def test_a_role_that_nobody_has_is_named(terminal: Terminal) -> None:
    seals = open_seals(terminal.config, terminal.engine)
    try:
        with terminal.engine.begin() as connection:
            found = people.doubts(connection, Accounts(terminal.config.organisation, seals))
    finally:
        seals.close()
    assert [one.split(":")[0] for one in found] == [
        "nobody has the role dsl",
        "nobody has the role headteacher",
        "nobody has the role chair",
    ]


def test_a_password_file_is_not_for_others_and_no_short_one(tmp_path: Path) -> None:
    wanted = answers(tmp_path).accounts[:1]
    secret = tmp_path / "rowan.secret"
    secret.chmod(0o640)
    with pytest.raises(ConfigError, match=r"accounts\.password_file: others may not read"):
        people.hashes_of(wanted)
    secret.chmod(0o600)
    secret.write_text("", encoding="utf-8")
    with pytest.raises(AccountRefused, match="12 to 1024"):
        people.hashes_of(wanted)
    secret.unlink()
    with pytest.raises(ConfigError, match=r"accounts\.password_file: "):
        people.hashes_of(wanted)
