"""A store on which `serve` ran once, and what technicians do there."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from lamplighter_collector.audit.models import audit
from lamplighter_collector.audit.services import CONSOLE
from lamplighter_collector.bundles.models import root_documents
from lamplighter_collector.bundles.shelf import newest_root
from lamplighter_collector.bundles.signing import ROOT, SIGNING, SigningKeys
from lamplighter_collector.ingest.arrival import Arrival, arrival_of
from lamplighter_collector.ingest.mapping import item_from
from lamplighter_collector.ingest.privacy import Privacy
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.media import permissions
from lamplighter_collector.media.register import refresh, signed
from lamplighter_collector.media.values import Grant, Issuer, Named, PermissionRecord, Whom
from lamplighter_keywords.bundles.bundle import RootDocument
from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.media.permission import Access
from lamplighter_keywords.media.register import Register, read_register
from lamplighter_protos.v1 import detection_pb2
from sqlalchemy import Engine, insert

from tests.collector.items import LAPTOP
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION

STICK: Final = MediumId(bus="usb", vendor="0951", product="1666", serial="60A44C3FAC35")
NOW: Final = 1_795_248_000_000
HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One collector's permissions."""

    engine: Engine
    seals: Seals
    keys: SigningKeys

    def by(self, at: int = NOW, account: str = CONSOLE) -> Issuer:
        return Issuer(account=account, role="technician", at=at)

    def grant(self, at: int = NOW, account: str = CONSOLE, **changes: Any) -> PermissionRecord:
        with self.engine.begin() as connection:
            order = grant_order(at=at, **changes)
            return permissions.grant(connection, ORGANISATION, self.seals, order, by=self.by(at, account))

    def revoke(self, permission: str, at: int = NOW) -> None:
        with self.engine.begin() as connection:
            permissions.revoke(connection, ORGANISATION, permission, by=self.by(at))

    def held(self, now: int = NOW) -> list[PermissionRecord]:
        with self.engine.begin() as connection:
            return permissions.held(connection, ORGANISATION, self.seals, now=now)

    def refresh(self, now: int = NOW, keys: SigningKeys | None = None) -> bool:
        with self.engine.begin() as connection:
            return refresh(connection, ORGANISATION, self.seals, keys or self.keys, now=now)

    def register(self) -> Register:
        """The newest register, verified as a device does it."""
        with self.engine.begin() as connection:
            found = signed(connection, ORGANISATION, self.seals)
            root = newest_root(connection, ORGANISATION)
        assert found is not None
        assert root is not None
        return read_register(found.envelope, root)

    def rotate(self) -> None:
        """A new root that names another signing key only."""
        with self.engine.begin() as connection:
            before = newest_root(connection, ORGANISATION)
        assert before is not None
        key = self.keys.create(SIGNING)
        signing_keys = {key.id: key.public}
        _publish(self.engine, replace(before, version=2, signing_keys=signing_keys), self.keys)

    def audited(self) -> list[tuple[str, str, str]]:
        """Actor, verb and object of every row about media."""
        found = rows(self.engine, audit, "number", "actor", "verb", "object")
        return [(actor, verb, about) for _, actor, verb, about in found if verb.startswith("media")]

    def accept(self, *messages: detection_pb2.Detection) -> list[bool]:
        return SqlStore(self.engine).accept([self.arrival(one) for one in messages])

    def arrival(self, message: detection_pb2.Detection) -> Arrival:
        return arrival_of(item_from(message.SerializeToString(), LAPTOP), NOW, Privacy(self.seals))


def open_office(engine: Engine, seals: Seals, folder: Path) -> Office:
    """Keys and a first root, without a bundle: none is needed to sign a register."""
    keys = SigningKeys(folder / "state")
    root_key, signing = keys.create(ROOT), keys.create(SIGNING)
    root = RootDocument(
        organisation=ORGANISATION,
        version=1,
        root_keys={root_key.id: root_key.public},
        threshold=1,
        signing_keys={signing.id: signing.public},
    )
    _publish(engine, root, keys)
    return Office(engine=engine, seals=seals, keys=keys)


def _publish(engine: Engine, root: RootDocument, keys: SigningKeys) -> None:
    envelope = root.seal(keys.for_roots(root))
    row = {
        "organisation": ORGANISATION,
        "version": root.version,
        "envelope": envelope,
        "created_at": NOW,
    }
    with engine.begin() as connection:
        connection.execute(insert(root_documents).values(row))


def grant_order(
    *,
    at: int = NOW,
    medium: MediumId = STICK,
    person: str = "",
    group: str = "",
    access: Access = Access.READ_ONLY,
    ends: int | None = None,
    reason: str = "SATs files",
    needs_encryption: bool = False,
    name: str = "Example Stick",
    size_bytes: int = 0,
) -> Grant:
    """A permission for ``wren``, if for nobody else, for two hours."""
    return Grant(
        what=Named(medium=medium, name=name),
        whom=Whom(person=person if person or group else "wren", group=group),
        access=access,
        ends=at + 2 * HOUR if ends is None else ends,
        reason=reason,
        needs_encryption=needs_encryption,
        size_bytes=size_bytes,
    )
