"""What was published, read back.

What is handed out is not verified here: a device does that, reports what it refuses, and is the one that must
not be deceived. What is signed next is built on verified roots only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from lamplighter_keywords.bundles.bundle import (
    OPTIONAL,
    PARTS,
    Bundle,
    RootDocument,
    follow_roots,
    read_bundle,
    read_manifest,
)
from lamplighter_keywords.errors import KeywordsError
from sqlalchemy import Connection, RowMapping, func, select

from lamplighter_collector.bundles.models import bundles, root_documents
from lamplighter_collector.errors import NothingPublished, PublicationDamaged

# Far below the step that devices take: what follows a forged row must still be within their reach.
_LARGEST_GAP: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The newest of everything, as it is stored: devices verify it. ``roots`` begins with version 1."""

    roots: tuple[bytes, ...] = field(repr=False)
    version: int
    manifest: bytes = field(repr=False)
    parts: Mapping[str, bytes] = field(repr=False)
    licensed_key: bytes | None = field(default=None, repr=False)
    """What opens the licensed lists, where there are any; itself sealed for ``bundles.licensed_key``."""

    media_version: int = 0
    media_register: bytes = field(default=b"", repr=False)
    """The signed register of media permissions; 0 and nothing before there is one."""

    def roots_after(self, version: int) -> tuple[bytes, ...]:
        """The signed roots that follow a version, oldest first."""
        return self.roots[max(version, 0) :]


class Version(NamedTuple):
    """One publication. Times in milliseconds, UTC."""

    version: int
    created_at: int
    expires_at: int


def root_envelopes(connection: Connection, organisation: str) -> tuple[bytes, ...]:
    """Every signed root document, oldest first."""
    query = (
        select(root_documents.c.envelope)
        .where(root_documents.c.organisation == organisation)
        .order_by(root_documents.c.version)
    )
    return tuple(bytes(envelope) for envelope in connection.scalars(query))


def newest_root(connection: Connection, organisation: str) -> RootDocument | None:
    """The root that counts now, its whole chain verified.

    Raises:
        PublicationDamaged: the store holds something else than was signed.
    """
    try:
        chain = follow_roots(
            root_envelopes(connection, organisation), organisation=organisation, trusted=None
        )
    except KeywordsError as error:
        raise PublicationDamaged(str(error)) from error
    return chain[-1] if chain else None


def newest_number(connection: Connection, organisation: str) -> int:
    """The last version that was published; 0 for none.

    We count by one. A row that lies absurdly far above all others is not ours, and is not counted from.
    """
    query = select(bundles.c.version).where(bundles.c.organisation == organisation)
    newest = 0
    for version in connection.scalars(query.order_by(bundles.c.version)):
        if version > newest + _LARGEST_GAP:
            break
        newest = version
    return newest


def newest_version(connection: Connection, organisation: str) -> RowMapping | None:
    query = select(bundles).where(
        bundles.c.organisation == organisation,
        bundles.c.version == newest_number(connection, organisation),
    )
    return connection.execute(query).mappings().one_or_none()


def knows(connection: Connection, organisation: str, version: int) -> bool:
    """Whether this version was published here."""
    query = select(bundles.c.version).where(
        bundles.c.organisation == organisation, bundles.c.version == version
    )
    published = connection.scalar(query) is not None
    return published and version <= newest_number(connection, organisation)


def newest_root_number(connection: Connection, organisation: str) -> int:
    """The version of the newest root; 0 for none."""
    query = select(func.max(root_documents.c.version)).where(root_documents.c.organisation == organisation)
    return connection.scalar(query) or 0


def read_shelf(connection: Connection, organisation: str) -> Shelf:
    """Everything that a device may need.

    Raises:
        NothingPublished: there is no root or no bundle yet.
    """
    roots = root_envelopes(connection, organisation)
    row = newest_version(connection, organisation)
    if not roots or row is None:
        raise NothingPublished
    return Shelf(
        roots=roots,
        version=row["version"],
        manifest=bytes(row["envelope"]),
        parts=parts_of(row),
        licensed_key=row["licensed_key"],
    )


def parts_of(row: RowMapping) -> dict[str, bytes]:
    """The signed parts of a version, by their names."""
    return {name: bytes(row[name]) for name in (*PARTS, *OPTIONAL) if row[name] is not None}


def newest_bundle(connection: Connection, organisation: str) -> Bundle:
    """Lists and policy of the newest version, verified as a device does it; licensed lists stay closed.

    Raises:
        NothingPublished, PublicationDamaged
    """
    shelf = read_shelf(connection, organisation)
    root = newest_root(connection, organisation)
    if root is None:
        raise NothingPublished
    try:
        return read_bundle(read_manifest(shelf.manifest, root), root, shelf.parts, closed=True)
    except KeywordsError as error:
        raise PublicationDamaged(str(error)) from error


def list_versions(connection: Connection, organisation: str) -> list[Version]:
    """Every publication, newest first."""
    query = select(bundles.c.version, bundles.c.created_at, bundles.c.expires_at)
    ours = query.where(bundles.c.organisation == organisation)
    return [Version(*row) for row in connection.execute(ours.order_by(bundles.c.version.desc()))]
