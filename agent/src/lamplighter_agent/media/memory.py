"""What an enrolled device knows of portable media: permissions, codes, receipts and requests, as one."""

from collections.abc import Callable
from pathlib import Path

import structlog
from lamplighter_keywords.bundles.bundle import RootDocument
from lamplighter_keywords.errors import BundleError
from lamplighter_protos.v1.bundles_pb2 import BundleOffer

from lamplighter_agent.backends.ports import KeyStore
from lamplighter_agent.clock import Clock
from lamplighter_agent.errors import BundleNotKept
from lamplighter_agent.media.asked import Asked
from lamplighter_agent.media.kept import Kept, SealedFile
from lamplighter_agent.media.permissions import Permissions
from lamplighter_agent.media.receipts import Receipts
from lamplighter_agent.media.unlocking import Unlocking

_log = structlog.get_logger(__name__)


class MediaMemory:
    """All of it; used on the loop only. Fills the receiver's `MediaRegister`."""

    def __init__(
        self, permissions: Permissions, unlocking: Unlocking, receipts: Receipts, asked: Asked
    ) -> None:
        self.permissions = permissions
        self.unlocking = unlocking
        self.receipts = receipts
        self.asked = asked
        # Told when other permissions hold; set by whoever goes by them.
        self.changed: Callable[[], None] = _nobody

    @classmethod
    def opened(cls, folder: Path, keys: KeyStore, *, identity: str, clock: Clock) -> "MediaMemory":
        """Open what is kept in this folder; `identity` is the device's at its collector."""
        kept = Kept(SealedFile(folder / "kept", keys))
        permissions = Permissions(SealedFile(folder / "register", keys), kept, clock)
        return cls(permissions, Unlocking(kept, identity), Receipts(kept), Asked(kept, permissions))

    @property
    def version(self) -> int:
        return self.permissions.version

    def begin(self, root: RootDocument | None) -> None:
        """Read the register that was kept, by the newest root that is known."""
        self.permissions.load(root)

    def follow(self, offer: BundleOffer, root: RootDocument | None) -> None:
        """Take what the collector sent, after the roots that came with it."""
        before = self.permissions.version
        self.permissions.root_is(root)
        if offer.unlock_secret:
            self.unlocking.secret_is(offer.unlock_secret)
        if offer.media_register:
            try:
                self.permissions.take(offer.media_register)
            except (BundleError, BundleNotKept) as error:
                self.permissions.problem = error.slug
                _log.warning("media_register_refused", problem=error.slug)
        if self.permissions.version != before:
            _log.info("media_register_taken", version=self.permissions.version)
            self.changed()


def _nobody() -> None:
    """Nobody goes by the permissions yet."""
