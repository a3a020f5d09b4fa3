"""One fault: what it is, why it matters, what helps; with an id that stays, for whoever counts them. Pure."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

_STRANGE: Final = re.compile(r"[^a-z0-9]+")
# What a check calls it, as far as it stays the same, and the id.
_IDS: Final[tuple[tuple[str, str], ...]] = (
    ("session.group", "group"),
    ("bundle", "lists"),
    ("LoginManager", "sessions"),
    ("process boundary", "boundary"),
    ("media guard", "media-guard"),
    ("scan of portable media", "media-scan"),
)
_NOTHING_SENSED: Final = "nothing is sensed on this device"
_NOT_HEARD: Final = "what this device finds waits here, and changes of lists and permissions do not reach it"
_MATTERS: Final[Mapping[str, str]] = {
    "configuration": "the service does not start",
    "enrolment": "nothing is sensed on a device that nobody attested as the school's",
    "enrolment-left": "a token lies on this device that nothing will use",
    "service": _NOTHING_SENSED,
    "group": "the service does not start: service and helper can't be kept apart",
    "group-members": "programs of these accounts may knock at the service's socket",
    "boundary": "the service can't start a helper that the person's programs are kept away from",
    "sessions": "nobody tells which sessions there are, so none is watched",
    "indicator": "without it nothing is sensed in that session",
    "lists": "without signed lists and a policy nothing is judged",
    "device-key": "nothing can be stored",
    "certificate": _NOT_HEARD,
    "renewal": "the certificate ends, and then nothing is delivered any more",
    "silent": "after too long without the collector sensing stops, and what is stored is erased in the end",
    "collector-name": _NOT_HEARD,
    "collector-port": _NOT_HEARD,
    "collector-tls": _NOT_HEARD,
    "collector-pin": "somebody else answers for the collector, so nothing is sent",
    "clock": "certificates look out of date, and records carry wrong times",
    "disk": "what is found can't be stored, and is lost",
    "spool-room": "records of little weight are dropped, and counted",
    "socket": "helpers can't reach the service",
    "unit": "the service does not start with this device",
    "portable-media": "nobody hears of portable media",
    "media-guard": "portable media are not kept from being used",
    "media-scan": "portable media can't be found clean, so they stay refused",
}
_OTHERWISE: Final = "what it is there to see is not seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One of them; messages carry no text of a person."""

    id: str
    what: str
    reason: str
    matters: str
    remedy: str

    def as_json(self) -> dict[str, str]:
        """Return it as `doctor --json` prints it."""
        return asdict(self)


def fault(id_: str, reason: str, remedy: str, *, what: str = "") -> Fault:
    """Return a fault of a known kind."""
    shown = what or id_.replace("-", " ")
    return Fault(id=id_, what=shown, reason=reason, matters=_MATTERS.get(id_, _OTHERWISE), remedy=remedy)


def fault_of(problem: Mapping[str, str]) -> Fault:
    """Return what an older check found as a fault."""
    what = problem["what"]
    return fault(_id_of(what), problem["reason"], problem["remedy"], what=what)


def _id_of(what: str) -> str:
    for start, known in _IDS:
        if what.startswith(start):
            return known
    kind = what.partition(" in session ")[0]
    # A key of the configuration, or its path.
    return "configuration" if "." in kind or "/" in kind else _STRANGE.sub("-", kind.casefold()).strip("-")
