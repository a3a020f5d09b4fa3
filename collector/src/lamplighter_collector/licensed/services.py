"""The licensed lists of the newest version: opened, changed and sealed again while a version is published.

They rest as one sealed part of the newest version, and what opens it rests sealed with the organisation's own
key: neither the store nor its backup opens them. Words are nowhere, also not in here: lists come as digests.
"""

from collections.abc import Callable
from typing import Final

from lamplighter_keywords.bundles.licensed import LicensedList
from lamplighter_keywords.bundles.licensed_part import (
    LICENSED,
    LICENSED_KEY,
    SealedLists,
    open_licensed,
    seal_licensed,
)
from lamplighter_keywords.errors import KeywordsError
from sqlalchemy import Connection

from lamplighter_collector.bundles.services import LICENSED_UNTIL
from lamplighter_collector.bundles.shelf import newest_version
from lamplighter_collector.errors import PublicationDamaged, PublicationRefused, SealError
from lamplighter_collector.keys.sealing import Seals

Lists = tuple[LicensedList, ...]
FIELD: Final = "bundles.licensed_key"


def open_key(seals: Seals, sealed: bytes) -> bytes:
    """The key of the licensed lists.

    Raises:
        PublicationDamaged: it can't be opened with this key ring.
    """
    try:
        return bytes.fromhex(seals.open("", FIELD, sealed))
    except (SealError, ValueError):
        raise PublicationDamaged("the key of the licensed lists can't be opened") from None


def read_lists(connection: Connection, organisation: str, seals: Seals) -> Lists:
    """The lists of the newest version, in the order of their import.

    Raises:
        PublicationDamaged: the store holds something else than was sealed.
    """
    row = newest_version(connection, organisation)
    if row is None or row["licensed"] is None:
        return ()
    try:
        return open_licensed(
            SealedLists(content=bytes(row["licensed"]), key=open_key(seals, row["licensed_key"]))
        )
    except KeywordsError as error:
        raise PublicationDamaged(str(error)) from error


def changed_parts(
    connection: Connection, organisation: str, seals: Seals, change: Callable[[Lists], Lists]
) -> dict[str, bytes]:
    """What a version holds whose lists are changed, for `publish_changed`.

    Raises:
        PublicationRefused: there are too many.
        PublicationDamaged
    """
    lists = change(read_lists(connection, organisation, seals))
    if not lists:
        return {LICENSED: b"", LICENSED_KEY: b"", LICENSED_UNTIL: b""}
    try:
        sealed = seal_licensed(lists)
        # As a device will.
        open_licensed(sealed)
    except KeywordsError as error:
        raise PublicationRefused(str(error)) from error
    return {
        LICENSED: sealed.content,
        LICENSED_KEY: bytes(seals.seal("", FIELD, sealed.key.hex())),
        LICENSED_UNTIL: str(min(one.expires for one in lists)).encode(),
    }
