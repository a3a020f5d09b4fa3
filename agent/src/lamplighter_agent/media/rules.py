"""Whether a medium may be used now: one pure function from the group's rules and the facts.

The order of the questions is the order in which a technician would ask them: is it what it says it is, is
there a rule, is somebody here, is there a permission, can it be scanned at all, is it encrypted where that is
asked, and what did the scan say. The first no is the answer. A medium is released by the one line at the
end, behind all of them; anything that is not known counts as a no.

Times are milliseconds since 1970 UTC, and `now` is the agent's own, which never goes back
(`permissions.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from lamplighter_keywords.media.permission import Access, Permission
from lamplighter_keywords.policy.device_policy import MediaMode, MediaRules

from lamplighter_agent.backends.media_ports import MediumKind
from lamplighter_agent.media.faults import Fault, fault_of
from lamplighter_agent.media.scan.outcome import ScanOutcome, Verdict

# What stands for the permission where a technician's code gave it.
BY_CODE: Final = "unlock-code"
UNAPPROVED: Final = "unapproved-media"
MALWARE: Final = "malware-media"
DECEPTIVE: Final = "deceptive-device"
UNSCANNED: Final = "unscanned-media"
SEVERITIES: Final = {UNAPPROVED: 2, UNSCANNED: 2, MALWARE: 4, DECEPTIVE: 4}
# Those that count wherever anything does, as the themes' file says.
CORE: Final = frozenset({MALWARE, DECEPTIVE})
DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000
# Signatures are made on a machine of their own: a clock there may be a little ahead.
AHEAD_MS: Final = 2 * DAY_MS
_DRIVES: Final = frozenset({MediumKind.STORAGE, MediumKind.CARD, MediumKind.DISC})


class Step(Enum):
    """What is done with a medium now."""

    # Nothing is kept from anybody: the rules are not in place on this device.
    RECORD = auto()
    REFUSE = auto()
    # The person may give its password, so that what is in it can be scanned.
    OPEN = auto()
    SCAN = auto()
    RELEASE = auto()


class Reason(Enum):
    """Why, as a slug: for records, `status` and the words that the person is told."""

    DECEPTIVE = "deceptive"
    NO_RULES = "no-rules"
    NOBODY = "nobody"
    # Two people signed in at once: nobody knows whose it is.
    SEVERAL = "several"
    NOT_A_DRIVE = "not-a-drive"
    NO_NAME = "no-serial"
    # Another of the same name is in, too: nobody knows which is the one that was permitted.
    SERIAL_TWICE = "serial-twice"
    # It has the name of one that is permitted, and another size.
    NOT_THE_SAME = "not-the-same"
    # Its serial number is that of one that is permitted, and its maker or product is another.
    OTHER_MAKER = "other-maker"
    NO_PERMISSION = "no-permission"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    SUSPENDED = "suspended"
    # What rested here was lost, so everything does until the next register.
    MEMORY_LOST = "memory-lost"
    REGISTER_OLD = "register-old"
    NO_FILES = "no-files"
    TOO_LARGE = "too-large"
    NOT_ENCRYPTED = "not-encrypted"
    # A label with control characters, line breaks or what turns the direction of writing.
    ODD_LABEL = "odd-label"
    LOCKED = "locked"
    NOT_SCANNED = "not-scanned"
    OLD_SIGNATURES = "old-signatures"
    INFECTED = "infected"
    INCOMPLETE = "incomplete"
    GONE = "gone"
    # The system did not do what was asked of it.
    NOT_HELD = "not-held"
    # What lets people use media on this device does not answer: nobody can use any.
    NOT_NOW = "not-now"
    # It was taken back, and somebody could not be made to let go of it.
    STILL_IN_USE = "still-in-use"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a scan of the whole medium said, and when; of this stay of it, or of one whose receipt holds."""

    outcome: ScanOutcome
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a decision is made from."""

    now: int
    kind: MediumKind = MediumKind.STORAGE
    deceptive: bool = False
    nameable: bool = False
    # Another medium that is in has the same name: maker, product and serial number.
    twice: bool = False
    size_bytes: int = 0
    # How many volumes can be mounted; whether each is encrypted; whether one waits for its password.
    volumes: int = 0
    encrypted: bool = False
    locked: bool = False
    # Of one of them.
    odd_label: bool = False
    # The rules that keep a medium from being used are in place.
    enforced: bool = False
    # What lets people use any is away, so that nobody can.
    away: bool = False
    # How many are signed in while the indicator is shown.
    people: int = 0
    person: str = field(default="", repr=False)
    group: str = ""
    # Of the register, for this medium; and until when the register counts (0: there is none).
    permissions: tuple[Permission, ...] = ()
    # Of the register, for media of another maker or product with its serial number.
    namesakes: tuple[Permission, ...] = ()
    register_until: int = 0
    suspended: frozenset[str] = frozenset()
    # Those of them that rest only since nobody knows any more which did.
    forgotten: frozenset[str] = frozenset()
    # By a code from a technician; 0: no.
    unlocked_until: int = 0
    scanned: Scanned | None = None
    # Released already: what was found at its scan holds as long as it stays in.
    in_use: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is done, why, and what is recorded of it (`theme` is empty where nothing is)."""

    step: Step
    reason: Reason
    access: Access = Access.READ_ONLY
    theme: str = ""
    # What was in the way, where it could not be checked.
    fault: Fault | None = None
    permission: str = ""
    # When to ask again although nothing happened; 0: never.
    until: int = 0
    # Numbers of the accounts whose programs still use what was taken back, as far as they were found.
    accounts: tuple[int, ...] = ()

    @property
    def severity(self) -> int:
        return SEVERITIES.get(self.theme, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Granted:
    """What a medium may be used for, if all the rest is well. `reason` says why there is no permission."""

    access: Access
    permission: Permission | None = None
    code: bool = False
    reason: Reason = Reason.ALLOWED
    until: int = 0

    @property
    def by(self) -> str:
        """What a receipt names as the permission."""
        if self.permission is not None:
            return self.permission.id
        return BY_CODE if self.code else ""

    @property
    def theme(self) -> str:
        return UNAPPROVED if self.reason is not Reason.ALLOWED else ""


def decide(rules: MediaRules | None, facts: Facts) -> Decision:
    """Return what is done with a medium now. `rules` is None where no policy holds yet."""
    if facts.deceptive:
        return _refused(Reason.DECEPTIVE, DECEPTIVE, facts)
    if facts.people != 1:
        several = facts.people > 1
        theme = UNAPPROVED if several and not facts.permissions else ""
        return _refused(Reason.SEVERAL if several else Reason.NOBODY, theme, facts)
    if rules is None:
        return _refused(Reason.NO_RULES, "", facts)
    granted = _granted(rules, facts)
    if isinstance(granted, Decision):
        return granted
    refused = _not_usable(rules, facts, granted)
    if refused is not None:
        return refused
    return _by_its_scan(rules, facts, granted)


def _granted(rules: MediaRules, facts: Facts) -> _Granted | Decision:
    """Return what is granted, or the refusal."""
    if facts.twice:
        # Also where none needs a permission: one of the two is not what it says.
        return _refused(Reason.SERIAL_TWICE, UNAPPROVED, facts)
    named = [one for one in facts.permissions if facts.nameable and _is_for(one, facts)]
    theirs = [one for one in named if one.fits(facts.size_bytes)]
    awake = [one for one in theirs if one.id not in facts.suspended]
    now = [one for one in awake if one.holds(facts.now)]
    if now and facts.now < facts.register_until:
        best = max(now, key=lambda one: (one.access is Access.READ_WRITE, one.ends, one.id))
        until = min(best.ends, facts.register_until)
        return _Granted(access=best.access.at_most(rules.access), permission=best, until=until)
    if len(awake) < len(named):
        # Whatever the rules allow without one: somebody has to look at this medium first.
        return _refused(_why_it_rests(theirs, facts), UNAPPROVED, facts)
    if facts.nameable and facts.now < facts.unlocked_until:
        return _Granted(access=rules.access, code=True, until=facts.unlocked_until)
    reason, until = _why_not(awake, facts, in_force=bool(now))
    if rules.without_permission is MediaMode.BLOCK:
        return _refused(reason, UNAPPROVED, facts, until=until)
    recorded = rules.without_permission is MediaMode.RECORD
    access = rules.access if recorded else Access.READ_ONLY
    return _Granted(access=access, reason=reason, until=until)


def _why_it_rests(theirs: Sequence[Permission], facts: Facts) -> Reason:
    asleep = {one.id for one in theirs} & facts.suspended
    if not asleep:
        return Reason.NOT_THE_SAME
    return Reason.MEMORY_LOST if asleep <= facts.forgotten else Reason.SUSPENDED


def _is_for(permission: Permission, facts: Facts) -> bool:
    if not (permission.person or permission.group):
        return False
    return permission.covers(mark=facts.person, group=facts.group)


def _why_not(theirs: Sequence[Permission], facts: Facts, *, in_force: bool) -> tuple[Reason, int]:
    if not facts.nameable:
        return Reason.NO_NAME, 0
    if in_force:
        return Reason.REGISTER_OLD, 0
    begins = [one.begins for one in theirs if one.begins > facts.now]
    if begins:
        return Reason.NOT_YET, min(begins)
    if theirs:
        return Reason.EXPIRED, 0
    claims = any(_is_for(one, facts) and one.holds(facts.now) for one in facts.namesakes)
    return (Reason.OTHER_MAKER if claims else Reason.NO_PERMISSION), 0


def _not_usable(rules: MediaRules, facts: Facts, granted: _Granted) -> Decision | None:
    """Return why this medium can't be used whatever is granted; None where it can."""
    if not facts.enforced:
        # Said as it is: nothing here would keep anybody from using it.
        return Decision(step=Step.RECORD, reason=granted.reason, theme=granted.theme, until=granted.until)
    if facts.odd_label:
        return _refused(Reason.ODD_LABEL, UNSCANNED, facts, until=granted.until, fault=Fault.ODD_LABEL)
    if facts.away:
        return _refused(Reason.NOT_NOW, granted.theme, facts, until=granted.until)
    asked = rules.encryption or (granted.permission is not None and granted.permission.needs_encryption)
    faults = (
        (facts.kind not in _DRIVES, Reason.NOT_A_DRIVE, UNAPPROVED),
        (facts.volumes == 0, Reason.NO_FILES, granted.theme),
        (facts.size_bytes > rules.largest_gb * 10**9, Reason.TOO_LARGE, UNSCANNED),
        (asked and not facts.encrypted, Reason.NOT_ENCRYPTED, UNAPPROVED),
    )
    for fault, reason, theme in faults:
        if fault:
            return _refused(reason, theme, facts, until=granted.until)
    return _with(Step.OPEN, Reason.LOCKED, granted) if facts.locked else None


def _by_its_scan(rules: MediaRules, facts: Facts, granted: _Granted) -> Decision:
    if not rules.scan:
        return _with(Step.RELEASE, granted.reason, granted)
    scanned = facts.scanned
    if scanned is None:
        return _with(Step.SCAN, Reason.NOT_SCANNED, granted)
    refused = _refused_by(rules, scanned, facts)
    if refused is not None:
        return refused
    age = facts.now - scanned.at
    if age < 0 or (age >= rules.receipt_hours * HOUR_MS and not facts.in_use):
        return _with(Step.SCAN, Reason.NOT_SCANNED, granted)
    return _with(Step.RELEASE, granted.reason, granted)


def _refused_by(rules: MediaRules, scanned: Scanned, facts: Facts) -> Decision | None:
    """Return the refusal for what was wrong by a scan; None only for an explicit clean one."""
    outcome = scanned.outcome
    if outcome.verdict is Verdict.INFECTED or outcome.infected:
        return _refused(Reason.INFECTED, MALWARE, facts)
    if outcome.verdict is Verdict.GONE:
        return _refused(Reason.GONE, "", facts)
    if outcome.verdict is not Verdict.CLEAN or outcome.unscanned:
        return _refused(Reason.INCOMPLETE, UNSCANNED, facts, fault=fault_of(outcome.reason))
    if not -AHEAD_MS <= scanned.at - outcome.signatures_at <= rules.stale_days * DAY_MS:
        return _refused(Reason.OLD_SIGNATURES, UNSCANNED, facts, fault=Fault.SCANNER)
    return None


def _with(step: Step, reason: Reason, granted: _Granted) -> Decision:
    return Decision(
        step=step,
        reason=reason,
        access=granted.access,
        theme=granted.theme,
        permission=granted.by,
        until=granted.until,
    )


def _refused(
    reason: Reason, theme: str, facts: Facts, *, until: int = 0, fault: Fault | None = None
) -> Decision:
    step = Step.REFUSE if facts.enforced else Step.RECORD
    return Decision(step=step, reason=reason, theme=theme, until=until, fault=fault)
