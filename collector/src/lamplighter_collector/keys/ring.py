"""The key ring: one data key per subject, each wrapped by the master key.

The master key is 32 random bytes in a secret of its own, ``master-ID``, where ID is the start of its hash;
the ring says which one is in use. So a master key that does not belong to the ring is named before anything
is started, and a rotation is one transaction of the ring: the new master's secret is durable before it, and
the old one's file is retired after it. A process that rotates and a collector that runs may share a ring:
whoever meets a master that it does not know reads it anew.

Data keys are durable in the ring when `KeyRing.ensure` returns, so a row that needs one may commit from then
on. Everything here blocks; used from any thread.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, Select, Update, event, func, insert, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from lamplighter_collector.clock import now_ms
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.errors import (
    KeyRingMissing,
    MasterKeyAmbiguous,
    MasterKeyWrong,
    SealBroken,
    StoreUnavailable,
)
from lamplighter_collector.keys.master import KEY_BYTES, MasterKey, id_of, place_of
from lamplighter_collector.keys.models import data_keys, masters, ring_metadata, stores
from lamplighter_collector.keys.secrets import Secrets

INDEX: Final = "index"
"""The name under which the key of the pseudonyms is kept; no subject is called so."""
_PREFIX: Final = "master-"
_SUBJECTS_AT_ONCE: Final = 500
_LOCK: Final = "SELECT pg_advisory_xact_lock(3620019751064830)"
"""One process at a time works on a ring, as SQLite has it anyway. No row could be the lock: a first start
has none, and who waits for the row of a master that is rotated away finds neither it nor the next."""
_log = structlog.get_logger()


class DataKey(NamedTuple):
    """A data key in the clear. Never logged: it has no repr of its content."""

    number: int
    key: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.number})"


class Rotated(NamedTuple):
    """The ids of the old and the new master key, and how many data keys were damaged and so left out."""

    old: str
    new: str
    broken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RingState:
    """What may be told of a key ring."""

    master: str
    form: str
    created_at_ms: int
    retired: tuple[str, ...]
    keys: int
    destroyed: int


class KeyRing:
    """The data keys of one organisation."""

    def __init__(
        self, folder: Secrets, url: str, organisation: str, *, holds_sealed: Callable[[], bool]
    ) -> None:
        """Open the ring, and make it where there is none.

        ``holds_sealed`` says whether the store has rows that an empty ring could not open; then, or
        where it always says so, none is made.

        Raises:
            MasterKeyWrong: the ring was wrapped with another master key.
            MasterKeyAmbiguous: the ring names several master keys in use.
            KeyRingMissing: the ring is empty, but sealed rows are there.
            SecretError: the master key can't be read or kept.
            StoreUnavailable: the ring itself can't be read or written.
        """
        folder.prepare()
        self._secrets = folder
        self._organisation = organisation
        self._engine = _engine(url)
        self._master: MasterKey | None = None
        try:
            with self._begin() as connection:
                ring_metadata.create_all(connection)
                if _current(connection) is None and not holds_sealed():
                    self._start(connection)
                self._in_use(connection)
                self._retire_leftovers(connection)
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        self._engine.dispose()

    def ensure(self, subjects: Iterable[str]) -> dict[str, DataKey]:
        """The newest data key of each subject, made where there is none; durable when this returns.

        Raises:
            SealBroken: the key of the pseudonyms can't be unwrapped.
        """
        wanted = sorted(set(subjects))
        with self._begin() as connection:
            master = self._in_use(connection)
            found = self._newest(connection, master, wanted)
            rows = []
            for subject in wanted:
                if subject not in found:
                    number = self._last_number(connection, subject) + 1
                    key = found[subject] = DataKey(number, secrets.token_bytes(KEY_BYTES))
                    rows.append(self._row(master, subject, key))
            if rows:
                connection.execute(insert(data_keys), rows)
        return found

    def find(self, subjects: Iterable[str]) -> dict[str, DataKey]:
        """The newest data keys that are there; none is made."""
        with self._begin() as connection:
            return self._newest(connection, self._in_use(connection), sorted(set(subjects)))

    def load(self, subject: str, number: int | None = None) -> DataKey | None:
        """A data key that is there, the newest one without ``number``, or None when it was destroyed.

        Raises:
            LookupError: the ring never had it.
            SealBroken: it can't be unwrapped.
        """
        with self._begin() as connection:
            master = self._in_use(connection)
            query = (
                select(data_keys.c.number, data_keys.c.wrapped)
                .where(self._of(subject))
                .order_by(data_keys.c.number.desc())
                .limit(1)
            )
            if number is not None:
                query = query.where(data_keys.c.number == number)
            row = connection.execute(query).first()
        if row is None:
            raise LookupError(subject)
        return None if row.wrapped is None else self._unwrap(master, subject, row.number, row.wrapped)

    def destroy(self, subject: str) -> None:
        """Erase every data key of a subject: whatever they sealed is unreadable, also in backups."""
        with self._begin() as connection:
            connection.execute(update(data_keys).where(self._of(subject)).values(wrapped=None))
        self._scrub()

    def rotate(self) -> Rotated:
        """Wrap every data key with a new master key.

        The old master opens nothing of this ring from now on. Its file is kept, retired, for a copy of the
        ring that was made before. A damaged data key stays as it is: whoever must change a master key that
        became known can't wait for one that nothing opens.
        """
        broken = 0
        with self._begin() as connection:
            old, new = self._in_use(connection), self._new_master()
            connection.execute(update(masters).where(masters.c.id == old.id).values(retired_at=now_ms()))
            connection.execute(insert(masters).values(_master_row(new)))
            for row in connection.execute(_alive()).all():
                place = place_of(row.organisation, row.subject, row.number)
                try:
                    key = old.unwrap(row.wrapped, place)
                except SealBroken:
                    broken += 1
                    _log.error("data-key-broken", subject=row.subject, number=row.number)
                    continue
                connection.execute(_rewrap(row, new.id, new.wrap(key, place)))
        self._master = new
        self._scrub()
        self._secrets.retire(_PREFIX + old.id)
        return Rotated(old.id, new.id, broken)

    def copy_master(self, to: Secrets) -> str:
        """Keep the master key in use in another folder too; answers its id.

        Raises:
            SecretExists: it is there already.
            SecretExposed, SecretUnusable
        """
        with self._begin() as connection:
            name = _PREFIX + self._in_use(connection).id
        to.create(name, self._secrets.load(name))
        return name.removeprefix(_PREFIX)

    def forget_retired(self) -> None:
        """Destroy the files of retired master keys."""
        self._secrets.forget_retired()

    def prove(self) -> tuple[int, int]:
        """How many data keys of this organisation can be opened, and how many can't."""
        sound = broken = 0
        with self._begin() as connection:
            master = self._in_use(connection)
            rows = connection.execute(_alive().where(data_keys.c.organisation == self._organisation)).all()
        for row in rows:
            try:
                self._unwrap(master, row.subject, row.number, row.wrapped)
            except SealBroken:
                broken += 1
            else:
                sound += 1
        return sound, broken

    def served(self) -> tuple[str, ...]:
        """The stores of this organisation that were kept with this ring, oldest first."""
        mine = select(stores.c.store).where(stores.c.organisation == self._organisation)
        with self._begin() as connection:
            return tuple(connection.scalars(mine.order_by(stores.c.since, stores.c.store)))

    def serve(self, store: str) -> None:
        """Note that a store is kept with this ring from now on."""
        with self._begin() as connection:
            row = {"organisation": self._organisation, "store": store}
            if connection.execute(select(stores).filter_by(**row)).first() is None:
                connection.execute(insert(stores).values(**row, since=now_ms()))

    def knows_people(self) -> bool:
        """Whether it has keys of anybody but the organisation itself."""
        anybody = select(data_keys.c.subject).where(
            data_keys.c.organisation == self._organisation, data_keys.c.subject.not_in(["", INDEX])
        )
        with self._begin() as connection:
            return connection.execute(anybody.limit(1)).first() is not None

    def state(self) -> RingState:
        mine = data_keys.c.organisation == self._organisation
        with self._begin() as connection:
            master = self._in_use(connection).id
            made = connection.scalar(select(masters.c.created_at).where(masters.c.id == master))
            keys, alive = connection.execute(
                select(func.count(), func.count(data_keys.c.wrapped)).where(mine)
            ).one()
        name = _PREFIX + master
        retired = tuple(name.removeprefix(_PREFIX) for name in self._secrets.retired())
        return RingState(
            master=master,
            form=self._secrets.form_of(name),
            created_at_ms=int(made or 0),
            retired=retired,
            keys=alive,
            destroyed=keys - alive,
        )

    @contextlib.contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(_LOCK)
                yield connection
        except SQLAlchemyError as error:
            # By type only: a driver's text may quote a file name or a host.
            raise StoreUnavailable(f"the key ring: {type(error).__name__}") from None

    def _start(self, connection: Connection) -> None:
        """Put the first master key in an empty ring: the one that a start which was cut short left behind."""
        left = [name for name in self._secrets.names() if name.startswith(_PREFIX)]
        master = self._load(left[0]) if left else self._new_master()
        connection.execute(insert(masters).values(_master_row(master)))

    def _retire_leftovers(self, connection: Connection) -> None:
        """Finish a rotation that was cut short after its commit."""
        for id_ in connection.scalars(select(masters.c.id).where(masters.c.retired_at.is_not(None))):
            if _PREFIX + id_ in self._secrets.names():
                self._secrets.retire(_PREFIX + id_)

    def _new_master(self) -> MasterKey:
        key = secrets.token_bytes(KEY_BYTES)
        self._secrets.create(_PREFIX + id_of(key), key)
        return MasterKey(key)

    def _load(self, name: str) -> MasterKey:
        key = self._secrets.load(name)
        if len(key) != KEY_BYTES or _PREFIX + id_of(key) != name:
            raise MasterKeyWrong(name.removeprefix(_PREFIX), id_of(key))
        return MasterKey(key)

    def _in_use(self, connection: Connection) -> MasterKey:
        """The master key in use, read anew when another process has rotated."""
        row = _current(connection)
        if row is None:
            raise KeyRingMissing
        if self._master is None or self._master.id != row.id:
            here = self._secrets.names()
            if _PREFIX + row.id not in here:
                found = [name.removeprefix(_PREFIX) for name in here if name.startswith(_PREFIX)]
                raise MasterKeyWrong(row.id, ", ".join(found))
            self._master = self._load(_PREFIX + row.id)
        if not self._master.fits(row.check):
            raise MasterKeyWrong(row.id, self._master.id)
        return self._master

    def _newest(
        self, connection: Connection, master: MasterKey, subjects: Sequence[str]
    ) -> dict[str, DataKey]:
        """What is there of the wanted keys and can be unwrapped; of two numbers the higher one."""
        found: dict[str, DataKey] = {}
        for start in range(0, len(subjects), _SUBJECTS_AT_ONCE):
            some = subjects[start : start + _SUBJECTS_AT_ONCE]
            query = (
                select(data_keys.c.subject, data_keys.c.number, data_keys.c.wrapped)
                .where(
                    data_keys.c.organisation == self._organisation,
                    data_keys.c.subject.in_(some),
                    data_keys.c.wrapped.is_not(None),
                )
                .order_by(data_keys.c.number)
            )
            for row in connection.execute(query):
                try:
                    found[row.subject] = self._unwrap(master, row.subject, row.number, row.wrapped)
                except SealBroken:
                    if row.subject == INDEX:  # another one would give everybody another pseudonym
                        raise
                    # What it sealed is lost, and each of its fields says so. What comes now is not.
                    _log.error("data-key-broken", subject=row.subject, number=row.number)
        return found

    def _last_number(self, connection: Connection, subject: str) -> int:
        return int(connection.scalar(select(func.max(data_keys.c.number)).where(self._of(subject))) or 0)

    def _row(self, master: MasterKey, subject: str, key: DataKey) -> dict[str, object]:
        return {
            "organisation": self._organisation,
            "subject": subject,
            "number": key.number,
            "master": master.id,
            "wrapped": master.wrap(key.key, place_of(self._organisation, subject, key.number)),
        }

    def _unwrap(self, master: MasterKey, subject: str, number: int, wrapped: bytes) -> DataKey:
        return DataKey(number, master.unwrap(wrapped, place_of(self._organisation, subject, number)))

    def _of(self, subject: str) -> ColumnElement[bool]:
        return (data_keys.c.organisation == self._organisation) & (data_keys.c.subject == subject)

    def _scrub(self) -> None:
        """Leave nothing of what was overwritten in SQLite's log."""
        if self._engine.dialect.name == "sqlite":
            raw = self._engine.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                raw.close()


def _engine(url: str) -> Engine:
    engine = writing_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _overwrite_deleted)
    return engine


def _overwrite_deleted(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """SQLite leaves what was deleted in its free pages, if not told otherwise."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _current(connection: Connection) -> Any:
    """The master in use, or None before there was one."""
    query = select(masters.c.id, masters.c.check).where(masters.c.retired_at.is_(None)).order_by(masters.c.id)
    rows = connection.execute(query).all()
    if len(rows) > 1:
        raise MasterKeyAmbiguous([row.id for row in rows])
    return rows[0] if rows else None


def _alive() -> Select[tuple[str, str, int, bytes]]:
    query = select(data_keys.c.organisation, data_keys.c.subject, data_keys.c.number, data_keys.c.wrapped)
    return query.where(data_keys.c.wrapped.is_not(None))


def _rewrap(row: Any, master: str, wrapped: bytes) -> Update:
    return (
        update(data_keys)
        .where(
            data_keys.c.organisation == row.organisation,
            data_keys.c.subject == row.subject,
            data_keys.c.number == row.number,
        )
        .values(master=master, wrapped=wrapped)
    )


def _master_row(master: MasterKey) -> dict[str, object]:
    return {"id": master.id, "created_at": now_ms(), "check": master.check()}
