"""Rules, permissions and facts that the tests of portable media share; times in milliseconds UTC."""

from dataclasses import replace

from lamplighter_agent.media.rules import DAY_MS, HOUR_MS, Facts, Scanned
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome
from lamplighter_agent.media.scanning import identity_of
from lamplighter_keywords.bundles.bundle import RootDocument
from lamplighter_keywords.bundles.envelope import PrivateKey
from lamplighter_keywords.media.permission import Access, Permission, person_mark
from lamplighter_keywords.policy.device_policy import MediaRules

from tests.support.clock import MORNING
from tests.support.fakes.media import STICK

ORGANISATION = "Alder Vale School"
NOW = int(MORNING.timestamp() * 1000)
WREN = person_mark(ORGANISATION, "wren")
RULES = MediaRules()
PERMISSION = Permission(
    id="p-1",
    medium=identity_of(STICK),
    person=WREN,
    access=Access.READ_WRITE,
    begins=NOW - DAY_MS,
    ends=NOW + DAY_MS,
)
CLEAN = ScanOutcome(
    reason=Reason.CLEAN,
    files=3,
    bytes=70,
    kinds={"document": 3},
    digest="ab" * 32,
    engine="ClamAV 1.4.6",
    signatures_at=NOW - DAY_MS,
)
INFECTED = replace(CLEAN, reason=Reason.MALWARE, infected=1, digest="")
INCOMPLETE = replace(CLEAN, reason=Reason.READ_ERROR, unscanned=1, digest="")
NO_ENGINE = ScanOutcome(reason=Reason.ENGINE_MISSING)
PERMITTED = Facts(
    now=NOW,
    nameable=True,
    size_bytes=16 * 10**9,
    volumes=1,
    enforced=True,
    people=1,
    person=WREN,
    group="pupil",
    permissions=(PERMISSION,),
    register_until=NOW + 30 * DAY_MS,
)
CHECKED = replace(PERMITTED, scanned=Scanned(outcome=CLEAN, at=NOW - HOUR_MS))


def root_of(*signers: PrivateKey) -> RootDocument:
    """Return a root that names these keys as signing keys."""
    keys = {key.id: key.public for key in signers}
    return RootDocument(organisation=ORGANISATION, version=1, root_keys=keys, threshold=1, signing_keys=keys)
