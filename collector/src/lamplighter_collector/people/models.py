"""The tables of accounts and their sessions.

No login and no name stands here in plain: a login is looked up by its pseudonym, a name is sealed.
"""

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Table

from lamplighter_collector.db.base import metadata, moment, number, sealed, text

accounts = Table(
    "accounts",
    metadata,
    text("organisation", "Whose account it is."),
    text("id", "Random; what audit rows name."),
    text("login", "Pseudonym of what is typed to sign in, without regard to case."),
    sealed("name", "What the person is called.", subject=""),
    text("password", "An argon2id hash with its parameters."),
    moment("created_at", "When it was added."),
    Column("disabled_at", BigInteger, nullable=True, comment="When it was closed; NULL while it is open."),
    PrimaryKeyConstraint("organisation", "id"),
    Index(None, "organisation", "login", unique=True),
)

account_roles = Table(
    "account_roles",
    metadata,
    text("organisation", "Whose account it is."),
    text("account", "accounts.id"),
    text("role", "dsl, deputy, headteacher, chair or technician."),
    PrimaryKeyConstraint("organisation", "account", "role"),
    sqlite_with_rowid=False,
)

account_links = Table(
    "account_links",
    metadata,
    text("organisation", "Whose account it is."),
    text("account", "accounts.id"),
    text("subject", "Pseudonym of an account on devices: incidents.subject."),
    text("relation", "self or child."),
    PrimaryKeyConstraint("organisation", "account", "subject"),
    sqlite_with_rowid=False,
)

web_sessions = Table(
    "web_sessions",
    metadata,
    text("organisation", "Where this session holds; nowhere else."),
    text("id", "SHA-256 of the cookie, so that a copy of the store opens no session."),
    text("account", "accounts.id"),
    text("csrf", "The token that every form of this session carries."),
    moment("created_at", "When it began: it ends 8 hours later."),
    moment("seen_at", "Last request, to the minute: it ends 15 minutes later."),
    PrimaryKeyConstraint("organisation", "id"),
    Index(None, "organisation", "account"),
    sqlite_with_rowid=False,
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    text("organisation", "Where somebody tried."),
    text("key", "Pseudonyms: a login, an address, or a login with an address or a browser."),
    number("window", "Minutes since 1970, by the collector's clock."),
    number("count", "Attempts of this minute that did not succeed."),
    number("most", "How many the key may have before it is locked."),
    PrimaryKeyConstraint("organisation", "key", "window"),
    sqlite_with_rowid=False,
)
