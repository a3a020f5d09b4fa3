"""Where items about linked people go, read inside the writer's own transaction. Names are not needed."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from lamplighter_collector.db.driver import Cursor, Row
from lamplighter_collector.grouping.routing import Routes, routes_for
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role

_ACCOUNTS: Final = "SELECT id, disabled_at FROM accounts WHERE organisation = {mark}"
_ROLES: Final = "SELECT account, role FROM account_roles WHERE organisation = {mark}"
_LINKS: Final = "SELECT account, relation, subject FROM account_links WHERE organisation = {mark}"


def read_routes(cursor: Cursor, organisation: str) -> Routes:
    """The routes as the links are in this transaction; `Accounts.routes` for the driver's cursor."""
    roles: defaultdict[object, set[Role]] = defaultdict(set)
    for account, role in _rows(cursor, _ROLES, organisation):
        roles[account].add(Role(str(role)))
    links: defaultdict[tuple[object, object], set[str]] = defaultdict(set)
    for account, relation, subject in _rows(cursor, _LINKS, organisation):
        links[account, relation].add(str(subject))
    active: list[Person] = []
    left: list[Person] = []
    for account, disabled_at in _rows(cursor, _ACCOUNTS, organisation):
        person = Person(
            account=str(account),
            name="",
            roles=frozenset(roles[account]),
            own_subjects=frozenset(links[account, "self"]),
            child_subjects=frozenset(links[account, "child"]),
        )
        (active if disabled_at is None else left).append(person)
    return routes_for(active, left)


def _rows(cursor: Cursor, query: str, organisation: str) -> Sequence[Row]:
    cursor.execute(query.format(mark=cursor.mark), (organisation,))
    return cursor.rows()
