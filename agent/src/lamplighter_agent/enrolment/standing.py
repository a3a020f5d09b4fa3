"""Whether this device may be watched, by what lies in its state folder; asked at each start."""

from dataclasses import dataclass
from pathlib import Path

from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.enrolment import ending
from lamplighter_agent.enrolment.ending import Ended
from lamplighter_agent.enrolment.identity import Identity, IdentityStore
from lamplighter_agent.errors import IdentityDamaged
from lamplighter_agent.machine import ANOTHER, marks_of

ENROL = "enrol it: lamplighter-agent enrol"
NOT_ENROLLED = f"not enrolled: nobody attested that this device belongs to the setting; {ENROL}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who this device is, and why it may not be watched; `not_enrolled` is empty where it may."""

    identity: Identity | None = None
    ended: Ended | None = None
    not_enrolled: str = ""
    # The identity is of another machine, whose disk was copied to this one.
    copied: bool = False

    @property
    def organisation(self) -> str:
        return "" if self.identity is None else self.identity.organisation

    @property
    def asset_tag(self) -> str:
        return "" if self.identity is None else self.identity.asset_tag

    @property
    def group(self) -> str:
        """Return whose device it was enrolled as."""
        return "" if self.identity is None else self.identity.group


def standing(state: Path, *, ended: Ended | None = None, facts: MachineFacts | None = None) -> Standing:
    """Look into the state folder. An end counts for more than an identity.

    `ended` is an end that is known, though it could perhaps not be written; `facts` are this machine's, where
    it matters whose disk this is.
    """
    ended = ending.read(state) or ended
    identity, damage = None, ""
    try:
        identity = IdentityStore(state).load()
    except IdentityDamaged as error:
        damage = str(error)
    if ended is not None:
        why = f"{ended.words} ({ended.at:%Y-%m-%d}); {ENROL}"
    elif identity is None:
        why = damage or NOT_ENROLLED
    else:
        why = "" if facts is None or fits(identity, facts) else f"{ANOTHER}; {ENROL}"
    copied = bool(why) and ended is None and identity is not None
    return Standing(identity=identity, ended=ended, not_enrolled=why, copied=copied)


def fits(identity: Identity, facts: MachineFacts) -> bool:
    """Tell whether this is the machine that the identity was made for."""
    return identity.machine is None or identity.machine.fit(marks_of(facts, identity.organisation))
