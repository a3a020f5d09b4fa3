"""Accounts for tests, and browsers that are signed in through the real form."""

import http.client
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

from argon2 import PasswordHasher
from lamplighter_collector.config import load
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.db.migrate import migrate
from lamplighter_collector.keys.services import open_seals
from lamplighter_collector.people.accounts import Accounts, Link, NewAccount, Relation
from lamplighter_collector.people.passwords import hashed
from lamplighter_collector.people.roles import Role
from playwright.sync_api import Page

from tests.support.browser import WAIT_SECONDS, Answer

CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""For accounts of tests: a hash names its own parameters, so the collector checks these as cheaply."""
PASSWORD: Final = "harbour-lantern-quiet-7"
_CSRF: Final = re.compile(r'name="csrf" value="([A-Za-z0-9_-]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """One browser of one account: its cookie, and the token of its forms."""

    address: str
    account: str
    login: str
    cookie: str = field(repr=False)
    csrf: str = field(repr=False)

    def request(
        self,
        path: str = "/",
        *,
        method: str = "GET",
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """As this person. A POST carries the token of this session unless the form names another."""
        sent = {"Cookie": self.cookie} | dict(headers or {})
        fields = {"csrf": self.csrf} | dict(form or {}) if method == "POST" else None
        return exchange(self.address, path, method=method, form=fields, headers=sent)


def exchange(
    address: str,
    path: str,
    *,
    method: str = "GET",
    form: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request, not following where it leads. A POST comes from our own page unless told otherwise."""
    netloc = urlsplit(address).netloc
    sent = {"Origin": f"http://{netloc}"} if method == "POST" else {}
    body = None
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form)
    with closing(http.client.HTTPConnection(netloc, timeout=WAIT_SECONDS)) as connection:
        connection.request(method, path, body=body, headers=sent | dict(headers or {}))
        answer = connection.getresponse()
        return Answer(
            answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read().decode()
        )


def add_account(
    config: Path,
    *roles: Role,
    name: str = "Rowan Alder",
    login: str | None = None,
    own: Iterable[str] = (),
    children: Iterable[str] = (),
) -> tuple[str, str]:
    """Add an account to the store that a settings file names; answers its id and login."""
    found = load(config)
    engine = writing_engine(found.store_url)
    migrate(engine)
    seals = open_seals(found, engine)
    login = login or f"{uuid.uuid4().hex[:12]}@marrowby.example"
    links = (
        *(Link(device_account=one, relation=Relation.SELF) for one in own),
        *(Link(device_account=one, relation=Relation.CHILD) for one in children),
    )
    new = NewAccount(
        login=login, name=name, roles=frozenset(roles), password=hashed(PASSWORD, CHEAP), links=links
    )
    try:
        with engine.begin() as connection:
            return Accounts(found.organisation, seals).add(connection, new, actor="console"), login
    finally:
        seals.close()
        engine.dispose()


def sign_in(address: str, config: Path, *roles: Role, account: str = "", login: str = "") -> SignedIn:
    """Sign in through the form; without a login, as a new account with these roles."""
    if not login:
        account, login = add_account(config, *roles)
    answer = exchange(
        address, "/sign-in", method="POST", form={"login": login, "password": PASSWORD, "next": ""}
    )
    assert answer.status == 303, (answer.status, answer.body)
    cookie = answer.headers["set-cookie"].partition(";")[0]
    home = exchange(address, answer.headers["location"], headers={"Cookie": cookie})
    csrf = _CSRF.search(home.body)
    assert home.status == 200
    assert csrf is not None
    return SignedIn(address=address, account=account, login=login, cookie=cookie, csrf=csrf[1])


def sign_in_browser(page: Page, address: str, config: Path, *roles: Role) -> str:
    """Open the page as a new account with these roles, by the form; answers the account's login."""
    _, login = add_account(config, *roles)
    page.goto(address)
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    # Where they land is each one's own first page.
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return login
