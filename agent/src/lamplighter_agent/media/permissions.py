"""The school's register of permissions on this device: kept sealed, verified at each start, never backwards.

A register counts while a signing key of the newest root has signed it, its version is the highest seen under
such keys, and its date is not over. It is read again from the disk as it was received, and verified again: a
root that drops a stolen key takes away what that key signed.

Time never goes back here. A laptop whose clock was set back would bring an ended permission to life, so the
latest time ever seen is kept, and `now` is never before it. It is written as soon as anything of the register
ended or began, or was gone by (`keep_time`), so that a restart gives none of it back; otherwise now and then.
A clock that was once far ahead would end every permission for good; so a newer register, which comes over the
device's own stream and says when it was signed, sets the time right.

A permission rests after a scan that was not clean, where the rules say so, until the school issues another.
Where the file that remembers this was spoilt, nobody knows which rested: then every permission of the
register of then rests until the school signs the next one, which is a day at most.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Final

import structlog
from lamplighter_keywords.bundles.bundle import RootDocument
from lamplighter_keywords.errors import BundleError, SignatureInvalid
from lamplighter_keywords.media.medium_id import MediumId, canonical_serial
from lamplighter_keywords.media.permission import Permission
from lamplighter_keywords.media.register import Register, check_newer_register, read_register

from lamplighter_agent.clock import Clock
from lamplighter_agent.errors import BundleNotKept, KeyUnavailable
from lamplighter_agent.media.kept import Kept, SealedFile

_log = structlog.get_logger(__name__)
_LATEST: Final = "latest"
_RESTS: Final = "rests"
# The version of the register all of which rests since what rested was lost; 0: none.
_LOST: Final = "rests_lost"
_UNKNOWN: Final = -1
MEMORY_LOST: Final = "memory-lost"
# How far time must have gone for it to be written where nothing of the register ended meanwhile.
_STEP_MS: Final = 10 * 60_000


class Permissions:
    """Used on the loop only. `load` before anything else; without a root nothing is permitted."""

    def __init__(self, file: SealedFile, kept: Kept, clock: Clock) -> None:
        self._file = file
        self._kept = kept
        self._clock = clock
        self._envelope = b""
        self._root: RootDocument | None = None
        self._register: Register | None = None
        told = kept.get(_LATEST, 0)
        self._latest = self._written = told if isinstance(told, int) else 0
        # Why the last register was not taken, or the one on the disk not read.
        self.problem = ""

    def load(self, root: RootDocument | None) -> None:
        """Read what was kept, and believe it as far as this root does."""
        try:
            self._envelope = self._file.read() or b""
        except (BundleError, KeyUnavailable) as error:
            self.problem = getattr(error, "slug", type(error).__name__)
            _log.error("media_register_lost", problem=self.problem)
        self.root_is(root)
        if self._kept.damaged:
            self._kept.put({_LOST: self.version or _UNKNOWN})
        if self._lost:
            self.problem = self.problem or MEMORY_LOST

    def root_is(self, root: RootDocument | None) -> None:
        """Go by another root; what only an older one vouches for counts no more."""
        if root is not None and root == self._root:
            return
        self._root, self._register = root, None
        if root is None or not self._envelope:
            return
        try:
            self._register = read_register(self._envelope, root)
        except SignatureInvalid:
            self.problem = "signature-invalid"
        except BundleError as error:
            self.problem = error.slug
        else:
            # Whatever this clock says, it is not before that; the latest time may be lost with the rest.
            self._latest = max(self._latest, self._register.created)

    def take(self, envelope: bytes) -> bool:
        """Take a register that the collector sent; say whether it is another one.

        Raises BundleError where it is refused, and BundleNotKept where it can't be written: what was in
        force stays in force.
        """
        if self._root is None:
            raise SignatureInvalid("media-register")
        register = read_register(envelope, self._root)
        installed = self._register
        check_newer_register(register, installed)
        if register == installed:
            return False
        try:
            self._file.write(envelope)
        except (OSError, KeyUnavailable) as error:
            raise BundleNotKept("the register can't be written") from error
        self._envelope, self._register, self.problem = envelope, register, ""
        if installed is None or register.version > installed.version:
            self._latest = max(register.created, self._wall())
        # What rested and is not in the register any more was answered by the school.
        rests = self._named & {one.id for one in register.permissions}
        self._kept.put({_LATEST: self._latest, _RESTS: sorted(rests), _LOST: self._lost_after(register)})
        self._written = self._latest
        return True

    def _lost_after(self, register: Register) -> int:
        """Return what still rests when this register is taken: all of it if nobody knows what was before."""
        if self._lost == _UNKNOWN:
            return register.version
        return self._lost if self._lost == register.version else 0

    @property
    def version(self) -> int:
        """What is in force; 0 for nothing."""
        return 0 if self._register is None else self._register.version

    @property
    def until(self) -> int:
        """When the register stops to count; 0 where there is none."""
        return 0 if self._register is None else self._register.expires

    def of(self, medium: MediumId) -> tuple[Permission, ...]:
        """Return every permission that names this medium, whenever and for whom it holds."""
        if self._register is None or not medium.is_nameable:
            return ()
        return tuple(one for one in self._register.permissions if one.medium == medium)

    def namesakes(self, medium: MediumId) -> tuple[Permission, ...]:
        """Return every permission that names this serial number with another bus, maker or product."""
        if self._register is None or not medium.is_nameable:
            return ()
        serial = canonical_serial(medium.serial)
        return tuple(
            one
            for one in self._register.permissions
            if canonical_serial(one.medium.serial) == serial and one.medium != medium
        )

    @property
    def refused(self) -> frozenset[str]:
        """Ids of requests that were lately answered with no."""
        if self._register is None:
            return frozenset()
        now = self.now()
        return frozenset(one.request for one in self._register.refused if now < one.until)

    @property
    def rests(self) -> frozenset[str]:
        """Ids of permissions that rest on this device until the school issues another."""
        if self._lost and self._register is not None:
            return self._named | {one.id for one in self._register.permissions}
        return self._named

    @property
    def forgotten(self) -> frozenset[str]:
        """Those of `rests` of which nothing is known any more."""
        return self.rests - self._named

    @property
    def _named(self) -> frozenset[str]:
        told = self._kept.get(_RESTS, ())
        return frozenset(one for one in told if isinstance(one, str))

    @property
    def _lost(self) -> int:
        told = self._kept.get(_LOST, 0)
        return told if isinstance(told, int) else _UNKNOWN

    def rest(self, permissions: Iterable[Permission]) -> None:
        """Let these rest, as many as there may be: a register is bounded."""
        self._kept.put({_RESTS: sorted(self._named | {one.id for one in permissions})})

    def now(self) -> int:
        """Return the time in milliseconds since 1970 UTC, which never goes back."""
        self._latest = max(self._latest, self._wall())
        if self._latest - self._written >= _STEP_MS or self._passed_a_date():
            self.keep_time()
        return self._latest

    def keep_time(self) -> None:
        """Write how late it is, if that is not written: something was decided by it."""
        self._written = self._latest
        self._kept.put({_LATEST: self._latest})

    def _passed_a_date(self) -> bool:
        """Say whether anything holds otherwise now than at the time that was written."""
        if self._register is None:
            return False
        dates = ((one.begins, one.ends) for one in self._register.permissions)
        every = chain((self._register.expires,), chain.from_iterable(dates))
        return any(self._written < date <= self._latest for date in every)

    def _wall(self) -> int:
        return int(self._clock.now().timestamp() * 1000)
