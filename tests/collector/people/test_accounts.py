from collections.abc import Callable

import pytest
from lamplighter_collector.audit.models import audit
from lamplighter_collector.db.changes import revisions
from lamplighter_collector.errors import AccountRefused
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.ingest.detection import UserKind
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.accounts import UNREADABLE, Accounts, Link, NewAccount, Relation
from lamplighter_collector.people.models import accounts as accounts_table
from lamplighter_collector.people.models import web_sessions
from lamplighter_collector.people.roles import Role
from lamplighter_collector.people.sessions import open_session
from sqlalchemy import Connection, Engine, update

from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

NOW = 1_795_248_000_000


def new(login: str = "wren@marrowby.example", *roles: Role, links: tuple[Link, ...] = ()) -> NewAccount:
    return NewAccount(
        login=login,
        name="Wren Alder",
        roles=frozenset(roles or {Role.DSL}),
        password="$argon2id$not-a-hash",
        links=links,
    )


def added(engine: Engine, accounts: Accounts, account: NewAccount) -> str:
    with engine.begin() as connection:
        return accounts.add(connection, account, actor="console")


def own(name: str) -> Link:
    return Link(device_account=name, relation=Relation.SELF)


def child(name: str) -> Link:
    return Link(device_account=name, relation=Relation.CHILD)


def test_an_account_is_found_by_its_login_in_any_case(engine: Engine, accounts: Accounts) -> None:
    account = added(engine, accounts, new(links=(own("walder"), child("palder"))))
    with engine.begin() as connection:
        pseudonym = accounts.login_pseudonym("  WREN@Marrowby.Example ")
        assert accounts.credentials(connection, pseudonym) == (account, "$argon2id$not-a-hash")
        person = accounts.person(connection, account)
    assert person is not None
    assert (person.name, person.roles) == ("Wren Alder", frozenset({Role.DSL}))
    assert person.own_subjects == {accounts.subject_of("walder")}
    assert person.child_subjects == {accounts.subject_of("palder")}


def test_neither_login_nor_name_stands_in_the_store(engine: Engine, accounts: Accounts) -> None:
    added(engine, accounts, new())
    stored = repr(rows(engine, accounts_table)).lower()
    assert "wren" not in stored
    assert "alder" not in stored


@pytest.mark.parametrize(
    "login",
    ["", " ", "x" * 129, "nul\0", "\ud800", "line\nbreak", "right\u202eleft"],
    ids=ascii,
)
def test_an_unfit_login_is_refused(engine: Engine, accounts: Accounts, login: str) -> None:
    with pytest.raises(AccountRefused):
        added(engine, accounts, new(login))
    assert rows(engine, accounts_table) == []


def test_what_looks_like_code_is_only_text(engine: Engine, accounts: Accounts) -> None:
    for login in ("' OR '1'='1", "<script>alert(1)</script>", "a; DROP TABLE accounts --"):
        account = added(engine, accounts, new(login))
        with engine.begin() as connection:
            found = accounts.credentials(connection, accounts.login_pseudonym(login))
        assert found is not None
        assert found[0] == account


def test_a_login_that_no_text_can_be_is_unknown(engine: Engine, accounts: Accounts) -> None:
    with engine.begin() as connection:
        assert accounts.credentials(connection, accounts.login_pseudonym("\ud800")) is None


def test_an_endless_login_costs_no_more_than_the_longest_and_is_no_account(accounts: Accounts) -> None:
    # Marks that change places when they are normalised: by the square of their number, on the loop.
    endless = "w" * 129 + "\u0344\u0323" * 1_000_000
    assert accounts.login_pseudonym(endless) == accounts.login_pseudonym("w" * 129)
    assert accounts.login_pseudonym(endless) != accounts.login_pseudonym("w" * 128)


def test_the_same_login_twice_is_refused_and_another_schools_is_not(
    engine: Engine, accounts: Accounts, seals: Seals
) -> None:
    added(engine, accounts, new())
    with pytest.raises(AccountRefused, match="already") as caught:
        added(engine, accounts, new("WREN@marrowby.example"))
    assert "wren" not in str(caught.value).lower()
    elsewhere = Accounts("Another School", seals)
    added(engine, elsewhere, new())
    with engine.begin() as connection:
        assert len(accounts.listed(connection)) == len(elsewhere.listed(connection)) == 1


def test_an_account_needs_a_role(engine: Engine, accounts: Accounts) -> None:
    added(engine, accounts, new())
    with pytest.raises(AccountRefused, match="role"), engine.begin() as connection:
        accounts.give_roles(connection, "wren@marrowby.example", [], actor="console")


def test_a_closed_account_is_nobody_but_stays_listed(engine: Engine, accounts: Accounts) -> None:
    account = added(engine, accounts, new())
    with engine.begin() as connection:
        accounts.disable(connection, "wren@marrowby.example", actor="console")
        assert accounts.person(connection, account) is None
        pseudonym = accounts.login_pseudonym("wren@marrowby.example")
        assert accounts.credentials(connection, pseudonym) is None
        (record,) = accounts.listed(connection)
    assert record.disabled_at_ms is not None


def test_an_account_whose_login_nobody_knows_is_named_by_its_id(engine: Engine, accounts: Accounts) -> None:
    account = added(engine, accounts, new())
    with engine.begin() as connection:
        assert accounts.set_password(connection, account, "hash", actor="console") == account
        assert accounts.unlock(connection, account, actor="console") == account
        assert accounts.disable(connection, account, actor="console") == account
        assert accounts.person(connection, account) is None
        assert accounts.credentials(connection, account) is None


def test_each_change_is_on_record_announced_and_ends_the_sessions(engine: Engine, accounts: Accounts) -> None:
    login = "wren@marrowby.example"
    account = added(engine, accounts, new())
    changes: tuple[Callable[[Connection], str], ...] = (
        lambda connection: accounts.give_roles(connection, login, [Role.DEPUTY], actor="console"),
        lambda connection: accounts.link(connection, login, own("walder"), actor="console"),
        lambda connection: accounts.link(connection, login, child("walder"), actor="console"),
        lambda connection: accounts.unlink(connection, login, "walder", actor="console"),
        lambda connection: accounts.set_password(connection, login, "$other", actor="console"),
        lambda connection: accounts.disable(connection, login, actor="console"),
    )
    for number, change in enumerate(changes, start=2):
        with engine.begin() as connection:
            open_session(connection, ORGANISATION, account, now_ms=NOW)
            change(connection)
            assert revisions(connection, ORGANISATION)["people"] == number
        assert rows(engine, web_sessions) == []
    assert rows(engine, audit, "number", "actor", "verb", "object") == [
        (number, "console", verb, account)
        for number, verb in enumerate(
            (
                "account-added",
                "account-roles",
                "account-linked-self",
                "account-linked-child",
                "account-unlinked",
                "account-password",
                "account-disabled",
            ),
            start=1,
        )
    ]


def test_a_refused_change_leaves_nothing_behind(engine: Engine, accounts: Accounts) -> None:
    added(engine, accounts, new())
    with pytest.raises(AccountRefused), engine.begin() as connection:
        accounts.unlink(connection, "wren@marrowby.example", "nobody", actor="console")
    with pytest.raises(AccountRefused), engine.begin() as connection:
        accounts.disable(connection, "unknown", actor="console")
    assert len(rows(engine, audit)) == 1


def test_links_say_where_items_go(engine: Engine, accounts: Accounts) -> None:
    added(engine, accounts, new("dsl", Role.DSL, links=(own("dsl-device"),)))
    added(engine, accounts, new("head", Role.HEADTEACHER, links=(own("head-device"),)))
    with engine.begin() as connection:
        routes = accounts.routes(connection)
        names = accounts.names(connection)
    assert routes.audience(UserKind.PUPIL, accounts.subject_of("dsl-device")) is Audience.HEAD
    assert routes.audience(UserKind.PUPIL, accounts.subject_of("head-device")) is Audience.CHAIR
    assert routes.audience(UserKind.PUPIL, accounts.subject_of("anybody")) is Audience.DSL
    assert set(names.values()) == {"Wren Alder"}


@pytest.mark.fault
@pytest.mark.parametrize("damaged", [b"", b"x" * 60])
def test_a_damaged_name_costs_its_account_nothing_but_the_name(
    engine: Engine, accounts: Accounts, damaged: bytes
) -> None:
    hurt = added(engine, accounts, new(links=(own("walder"),)))
    sound = added(engine, accounts, new("rowan@marrowby.example"))
    with engine.begin() as connection:
        table = accounts_table
        connection.execute(update(table).where(table.c.id == hurt).values(name=damaged))
        assert accounts.names(connection) == {hurt: UNREADABLE, sound: "Wren Alder"}
        person = accounts.person(connection, hurt)
        assert person is not None
        assert person.name == UNREADABLE
        assert person.own_subjects == {accounts.subject_of("walder")}
        assert [record.person.account for record in accounts.listed(connection)] == [hurt, sound]
        accounts.link(connection, "rowan@marrowby.example", own("ralder"), actor="console")
        subject = accounts.subject_of("walder")
        assert accounts.routes(connection).audience(UserKind.PUPIL, subject) is Audience.HEAD
