"""What a school signs, for a device without a collector: its root, and a bundle that is installed already."""

import shutil
from pathlib import Path

from lamplighter_agent import __version__
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.bundles.store import Anchor, BundleStore
from lamplighter_agent.clock import SystemClock
from lamplighter_keywords.bundles.bundle import KEYWORDS, POLICY, Manifest, PartSum, RootDocument
from lamplighter_keywords.bundles.envelope import PrivateKey
from lamplighter_keywords.policy.device_policy import DevicePolicy, NoticeMode, policy_document
from lamplighter_keywords.shipped import compiled_shipped
from lamplighter_protos.v1.bundles_pb2 import BundleOffer, BundlePart

from tests.keywords.signing import parts

_ROOTS = tuple(PrivateKey(secret=bytes([number]) * 32) for number in (21, 22, 23))
_SIGNER = PrivateKey(secret=bytes([24]) * 32)
FAR = 4_000_000_000_000
ONE_WORD = parts()[KEYWORDS]
"""For tests that match nothing: a matcher of the shipped lists takes seconds to make."""


def root_of(organisation: str) -> bytes:
    """Return the first signed root of an organisation, as enrolment hands it out."""
    root = RootDocument(
        organisation=organisation,
        version=1,
        root_keys={key.id: key.public for key in _ROOTS},
        threshold=2,
        signing_keys={_SIGNER.id: _SIGNER.public},
    )
    return root.seal(_ROOTS)


# Nobody sits at a test's desktop; what asks at sign-in has tests of its own.
ON_PAPER = DevicePolicy(acknowledgement=NoticeMode.ON_PAPER)


def offer_of(
    organisation: str, policy: DevicePolicy | None = None, *, version: int = 1, keywords: bytes | None = None
) -> BundleOffer:
    """Return the shipped lists, or others, and a policy, signed."""
    content = {
        KEYWORDS: keywords or compiled_shipped(),
        POLICY: policy_document(policy or ON_PAPER),
    }
    manifest = Manifest(
        organisation=organisation,
        version=version,
        created=1,
        expires=FAR,
        min_agent="0",
        parts={name: PartSum.of(one) for name, one in content.items()},
    )
    return BundleOffer(
        manifest=manifest.seal(_SIGNER),
        parts=[BundlePart(name=name, content=one) for name, one in content.items()],
    )


def anchor_of(organisation: str) -> Anchor:
    """Return what the enrolment of a device of this school says."""
    return Anchor(organisation=organisation, roots=(root_of(organisation),), agent_version=__version__)


def bundled(
    state: Path, organisation: str, policy: DevicePolicy | None = None, *, keywords: bytes | None = None
) -> None:
    """Have a bundle installed in a state folder, in place of any that is there."""
    folder = state / "bundles"
    shutil.rmtree(folder, ignore_errors=True)
    store = BundleStore(folder, anchor_of(organisation), FileKeyStore(state / "keys"), SystemClock())
    store.load()
    assert store.take(offer_of(organisation, policy, keywords=keywords)) is not None
