"""Enrolment tokens: ``<id>.<secret>``, stored as a hash, spent in the transaction that enrols.

A token says which asset tags it is for, which group they join and who attests that the school owns them.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from lamplighter_collector.enrolment.models import enrolment_tokens
from lamplighter_collector.errors import EnrolmentRefused

GROUPS: Final = ("pupils", "staff")
"""Whose devices a token is for: who somebody is that a device does not know otherwise."""
_SECRET_BYTES: Final = 16
_ID_BYTES: Final = 5
_HOUR_MS: Final = 3_600_000
_TAG: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RULE: Final = re.compile(r"[A-Za-z0-9*?][A-Za-z0-9._*?-]{0,63}")
_ID: Final = re.compile(r"[a-z2-7]{1,16}")
_NO_HASH: Final = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a new token is for. ``attester`` is sealed; ``asset_tags`` a rule as `is_rule` takes it."""

    asset_tags: str
    device_group: str
    attester: bytes = field(repr=False)
    uses: int
    hours: int
    replaces: bool = False
    """Also for asset tags that are enrolled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that may be used."""

    id: str
    device_group: str
    attester: bytes = field(repr=False)
    created_at: int
    replaces: bool


def is_asset_tag(text: str) -> bool:
    """Letters, digits, dot, hyphen and underscore, at most 64, as a certificate can hold them."""
    return _TAG.fullmatch(text) is not None


def is_rule(text: str) -> bool:
    return _RULE.fullmatch(text) is not None


def issue(connection: Connection, organisation: str, plan: Plan, now: int) -> tuple[str, int]:
    """A new token's text, which is shown once and never stored, and when it expires."""
    id_, secret = _random(_ID_BYTES), _random(_SECRET_BYTES)
    expires_at = now + plan.hours * _HOUR_MS
    connection.execute(
        insert(enrolment_tokens).values(
            organisation=organisation,
            id=id_,
            secret_hash=_hash(secret),
            asset_tags=plan.asset_tags,
            device_group=plan.device_group,
            attester=bytes(plan.attester),
            replaces=int(plan.replaces),
            uses=plan.uses,
            uses_left=plan.uses,
            created_at=now,
            expires_at=expires_at,
            withdrawn_at=0,
        )
    )
    return f"{id_}.{secret}", expires_at


def examine(connection: Connection, organisation: str, text: str, asset_tag: str, now: int) -> Token:
    """The token that this text is, if it may be used for this asset tag now.

    Raises:
        EnrolmentRefused: an unknown token and a wrong secret are the same to whoever asks.
    """
    id_, _, secret = text.partition(".")
    if not _ID.fullmatch(id_):
        # The same answer on every database: PostgreSQL refuses some characters.
        raise EnrolmentRefused("token-unknown")
    query = select(enrolment_tokens).where(
        enrolment_tokens.c.organisation == organisation, enrolment_tokens.c.id == id_
    )
    row = connection.execute(query).mappings().one_or_none()
    known = _NO_HASH if row is None else bytes(row["secret_hash"])
    if not hmac.compare_digest(known, _hash(secret)) or row is None:
        raise EnrolmentRefused("token-unknown")
    if row["withdrawn_at"]:
        raise EnrolmentRefused("token-withdrawn")
    if not row["created_at"] - _HOUR_MS <= now < row["expires_at"]:
        raise EnrolmentRefused("token-expired")
    if not (is_asset_tag(asset_tag) and fnmatchcase(asset_tag, row["asset_tags"])):
        raise EnrolmentRefused("asset-tag-refused")
    return Token(
        id=id_,
        device_group=row["device_group"],
        attester=bytes(row["attester"]),
        created_at=row["created_at"],
        replaces=bool(row["replaces"]),
    )


def spend(connection: Connection, organisation: str, token: Token) -> None:
    """Take one use; of two devices that want the last one, one gets it.

    Raises:
        EnrolmentRefused: token-used-up.
    """
    taken = (
        update(enrolment_tokens)
        .where(
            enrolment_tokens.c.organisation == organisation,
            enrolment_tokens.c.id == token.id,
            enrolment_tokens.c.uses_left > 0,
        )
        .values(uses_left=enrolment_tokens.c.uses_left - 1)
    )
    if connection.execute(taken).rowcount == 0:
        raise EnrolmentRefused("token-used-up")


def withdraw(connection: Connection, organisation: str, id_: str, now: int) -> bool:
    """End a token before its time; False when there is none that was not withdrawn already."""
    row = (enrolment_tokens.c.organisation == organisation) & (enrolment_tokens.c.id == id_)
    changed = (
        update(enrolment_tokens).where(row, enrolment_tokens.c.withdrawn_at == 0).values(withdrawn_at=now)
    )
    return connection.execute(changed).rowcount > 0


def list_tokens(connection: Connection, organisation: str) -> list[RowMapping]:
    """Every token, newest first, without its secret and without the attester's name."""
    hidden = {"organisation", "secret_hash", "attester"}
    columns = [column for column in enrolment_tokens.columns if column.name not in hidden]
    query = (
        select(*columns)
        .where(enrolment_tokens.c.organisation == organisation)
        .order_by(enrolment_tokens.c.created_at.desc(), enrolment_tokens.c.id)
    )
    return list(connection.execute(query).mappings())


def _random(count: int) -> str:
    return base64.b32encode(secrets.token_bytes(count)).decode().rstrip("=").lower()


def _hash(secret: str) -> bytes:
    # The secret is 128 random bits: a fast hash can't be searched.
    return hashlib.sha256(secret.encode()).digest()
