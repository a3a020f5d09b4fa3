"""What ingest reads in its transaction is what `Accounts.routes` says."""

from dataclasses import replace

from lamplighter_collector.db.driver import transaction
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.people.accounts import Accounts, Link, NewAccount, Relation
from lamplighter_collector.people.links import read_routes
from lamplighter_collector.people.roles import Role
from sqlalchemy import Engine

from tests.support.collector import ORGANISATION


def routes(engine: Engine, accounts: Accounts) -> Routes:
    with transaction(engine) as cursor:
        found = read_routes(cursor, ORGANISATION)
    with engine.begin() as connection:
        assert found == accounts.routes(connection)
    return found


def test_routes_follow_accounts_roles_and_links(engine: Engine, accounts: Accounts) -> None:
    assert routes(engine, accounts) == Routes()
    new = NewAccount(login="a", name="Wren", roles=frozenset({Role.DSL, Role.CHAIR}), password="$")
    own = Link(device_account="walder", relation=Relation.SELF)
    child = Link(device_account="palder", relation=Relation.CHILD)
    with engine.begin() as connection:
        accounts.add(connection, replace(new, links=(own, child)), actor="console")
        accounts.add(
            connection, replace(new, login="b", roles=frozenset({Role.HEADTEACHER})), actor="console"
        )
    assert len(routes(engine, accounts).exceptions) == 2
    with engine.begin() as connection:
        accounts.link(connection, "b", own, actor="console")
        accounts.disable(connection, "a", actor="console")
    assert len(routes(engine, accounts).exceptions) == 2
    with engine.begin() as connection:
        accounts.unlink(connection, "b", "walder", actor="console")
    routes(engine, accounts)
    with transaction(engine) as cursor:
        assert read_routes(cursor, "Another School") == Routes()
