"""The register inside the writer's own transaction: what comes from a device that has ended is not stored.

The counter of changes is read under a lock that a revocation needs too, so of a group and a revocation one
commits first: what is stored was stored before the revocation's commit. The register itself is read again
only when the counter moved. Runs on the writer thread only.
"""

from collections.abc import Collection, Mapping
from typing import Final

from lamplighter_collector.db.driver import Cursor
from lamplighter_collector.devices.identity import DeviceName
from lamplighter_collector.devices.register import Standing, assembled, refusal_of
from lamplighter_collector.errors import PeerError, SendersRefused

_REVISION: Final = "SELECT revision FROM changes WHERE organisation = {mark} AND kind = 'devices'"
_LOCKS: Final = {"sqlite": "", "postgresql": " FOR SHARE"}
"""SQLite's transaction holds the only write lock already."""
_REGISTER: Final = (
    "SELECT device, identity, state, ended_at, 0 FROM devices WHERE organisation = {mark} UNION ALL "
    "SELECT device, identity, state, ended_at, 1 FROM ended_identities WHERE organisation = {mark}"
)


class Gate:
    """Remembers the register as it was when its counter moved last."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Mapping[str, Standing]]] = {}

    def check(self, cursor: Cursor, senders: Collection[DeviceName]) -> None:
        """Look at everybody whose items are to be stored in this transaction.

        Raises:
            SendersRefused: somebody of them is not served any more.
        """
        refused: dict[DeviceName, PeerError] = {}
        for organisation in sorted({sender.organisation for sender in senders}):
            register = self._register(cursor, organisation)
            for sender in senders:
                if sender.organisation == organisation:
                    refusal = refusal_of(register.get(sender.device), sender.identity)
                    if refusal is not None:
                        refused[sender] = refusal
        if refused:
            raise SendersRefused(refused)

    def _register(self, cursor: Cursor, organisation: str) -> Mapping[str, Standing]:
        lock = _LOCKS[cursor.dialect]
        cursor.execute(_REVISION.format(mark=cursor.mark) + lock, (organisation,))
        revision = next((int(str(row[0])) for row in cursor.rows()), 0)
        known, register = self._known.get(organisation, (-1, {}))
        if known != revision:
            register = _read(cursor, organisation)
            self._known[organisation] = (revision, register)
        return register


def _read(cursor: Cursor, organisation: str) -> Mapping[str, Standing]:
    cursor.execute(_REGISTER.format(mark=cursor.mark), (organisation, organisation))
    return assembled(cursor.rows())
