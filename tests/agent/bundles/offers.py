"""A school that signs bundles, as far as a device sees it."""

from dataclasses import dataclass, field
from pathlib import Path

from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.bundles.store import Anchor
from lamplighter_keywords.bundles.bundle import RootDocument
from lamplighter_keywords.bundles.envelope import PrivateKey
from lamplighter_keywords.bundles.licensed_part import LICENSED, LICENSED_KEY, SealedLists
from lamplighter_keywords.bundles.overrides_part import OVERRIDES
from lamplighter_keywords.policy.device_policy import DevicePolicy
from lamplighter_protos.v1.bundles_pb2 import BundleOffer, BundlePart

from tests.keywords.signing import ROOTS, SCHOOL, SIGNER, key, manifest, parts, public, root

# 2 January 1970: every test's clock is past it unless it says otherwise.
EXPIRED = 86_400_000
FAR = 4_000_000_000_000


def keys_of(folder: Path) -> FileKeyStore:
    """Return the keys of the device whose bundles are in a folder."""
    return FileKeyStore(folder.parent / "keys")


@dataclass
class School:
    """Signs with the key of the newest root, unless a test has it sign with another."""

    roots: list[RootDocument] = field(default_factory=lambda: [root()])
    envelopes: list[bytes] = field(default_factory=lambda: [root().seal(ROOTS)])
    signer: PrivateKey = SIGNER

    @property
    def anchor(self) -> Anchor:
        return Anchor(organisation=SCHOOL, roots=(self.envelopes[0],), agent_version="0.1.0")

    def rotate(self) -> PrivateKey:
        """Drop the signing key and take a new one; returns the dropped one."""
        old, before = self.signer, self.roots[-1]
        self.signer = key(100 + before.version)
        self.roots.append(
            root(
                version=before.version + 1,
                signing_keys=public(self.signer),
                revoked=(*before.revoked, old.id),
            )
        )
        self.envelopes.append(self.roots[-1].seal(ROOTS))
        return old

    def offer(
        self,
        version: int,
        word: str = "lamp",
        *,
        roots_after: int = 1,
        signer: PrivateKey | None = None,
        policy: DevicePolicy | None = None,
        licensed: SealedLists | None = None,
        overrides: bytes = b"",
        **changes: object,
    ) -> BundleOffer:
        content = parts(word, policy) | ({LICENSED: licensed.content} if licensed else {})
        content |= {OVERRIDES: overrides} if overrides else {}
        made = manifest(content, version=version, **{"expires": FAR, **changes})
        # Beside what is signed.
        content |= {LICENSED_KEY: licensed.key} if licensed else {}
        return BundleOffer(
            roots=self.envelopes[roots_after:],
            manifest=made.seal(signer or self.signer),
            parts=[BundlePart(name=name, content=one) for name, one in content.items()],
        )
