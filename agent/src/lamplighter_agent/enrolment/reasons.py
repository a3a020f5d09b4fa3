"""What the collector's refusals mean, in words for a technician. Pure.

The slugs are those of the trailing metadata `lamplighter-reason`. Only the two of `ENDING` end a device; no
other refusal may ever cost what is stored on it.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

REVOKED: Final = "device-revoked"
RETIRED: Final = "device-retired"
SILENT: Final = "silent"
REPLACED: Final = "identity-replaced"
ENDING: Final = frozenset({REVOKED, RETIRED})


class Meaning(NamedTuple):
    """One reason in plain words, and what to do about it."""

    problem: str
    remedy: str


_ASK_AGAIN: Final = "ask for a new one: lamplighter-collector tokens issue"
_ENROL_AGAIN: Final = "enrol the device again: lamplighter-agent enrol"
_ENDED: Final = (
    "only a token that was issued after that takes it back: ask for a new one (lamplighter-collector tokens "
    "issue), then enrol the device: lamplighter-agent enrol"
)

REFUSALS: Final[Mapping[str, Meaning]] = {
    "token-unknown": Meaning("the collector does not know this token", _ASK_AGAIN),
    "token-expired": Meaning("the token's time is over", _ASK_AGAIN),
    "token-used-up": Meaning("the token was used as often as it may be", _ASK_AGAIN),
    "token-withdrawn": Meaning("the token was withdrawn", _ASK_AGAIN),
    "asset-tag-refused": Meaning(
        "the token is not for this asset tag",
        "check the tag on the device, or ask for a token that covers it",
    ),
    "asset-tag-enrolled": Meaning(
        "a device with this asset tag is enrolled already",
        "check the tag; if this is that device: lamplighter-collector tokens issue --replace",
    ),
    "csr-unusable": Meaning(
        "the collector can't use this device's key", "install the same version of agent and collector"
    ),
    REVOKED: Meaning("this device was revoked", _ENDED),
    RETIRED: Meaning("this device was retired", _ENDED),
    REPLACED: Meaning("another enrolment with this asset tag replaced this one", _ENROL_AGAIN),
    "certificate-foreign": Meaning("the certificate is of another authority", _ENROL_AGAIN),
    "certificate-too-old": Meaning("the certificate ended too long ago to be renewed", _ENROL_AGAIN),
    "certificate-superseded": Meaning(
        "a newer certificate of this device has been used since: its files were put back, or its key copied",
        "tell the technician, who looks into it; then " + _ENROL_AGAIN,
    ),
}
ENDINGS: Final[Mapping[str, str]] = {
    REVOKED: "the school revoked this device",
    RETIRED: "the school retired this device",
    SILENT: "this device did not reach the collector for too long",
}


def meaning_of(reason: str) -> Meaning:
    """Return the words for a slug; one that we don't know is shown as it is, as far as it is a slug."""
    slug = "".join(char for char in reason[:40] if char.isascii() and (char.isalnum() or char == "-"))
    return REFUSALS.get(reason) or Meaning(
        f"the collector refused it ({slug or 'no reason given'})", "see its log"
    )
