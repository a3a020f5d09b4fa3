"""Reads what the letter is made from: the published bundle, verified, and how many may read."""

from collections.abc import Mapping
from datetime import date

from lamplighter_keywords.bundles.bundle import Bundle
from lamplighter_keywords.bundles.licensed_part import LICENSED
from sqlalchemy import Connection, func, select

from lamplighter_collector.bundles.shelf import newest_bundle
from lamplighter_collector.config import Config
from lamplighter_collector.db.console import reading
from lamplighter_collector.letter.facts import LetterFacts, data_contact_of, refuse_without_readers
from lamplighter_collector.people.models import account_roles, accounts
from lamplighter_collector.people.roles import Role


def facts_of(config: Config, day: date, data_contact: str = "") -> LetterFacts:
    """What holds now. `data_contact` is the label of who answers requests about data; empty: the first.

    Raises:
        ConfigError: a contact or a reader that the letter needs is not there.
        BundleError, StoreUnavailable
    """
    with reading(config.store_url) as connection:
        bundle = newest_bundle(connection, config.organisation)
        readers = _readers(connection, config.organisation)
    asked = data_contact_of(bundle.policy, data_contact, day)
    refuse_without_readers(readers)
    return LetterFacts(
        organisation=config.organisation,
        day=day,
        policy=bundle.policy,
        themes=_themes(bundle),
        licensed=LICENSED in bundle.manifest.parts,
        readers=readers,
        data_contact=asked,
    )


def _themes(bundle: Bundle) -> tuple[str, ...]:
    pack = bundle.pack
    return tuple(sorted({pack.theme(one.theme).name for one in pack.lists}))


def _readers(connection: Connection, organisation: str) -> Mapping[Role, int]:
    belongs = (accounts.c.organisation == account_roles.c.organisation) & (
        accounts.c.id == account_roles.c.account
    )
    query = (
        select(account_roles.c.role, func.count())
        .join_from(account_roles, accounts, belongs)
        .where(account_roles.c.organisation == organisation, accounts.c.disabled_at.is_(None))
        .group_by(account_roles.c.role)
    )
    return {Role(role): number for role, number in connection.execute(query)}
