"""One pure function says what is done with a medium; nothing is ever released that must not be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.backends.media_ports import MediumKind
from lamplighter_agent.media.faults import Fault
from lamplighter_agent.media.rules import (
    BY_CODE,
    DAY_MS,
    HOUR_MS,
    Decision,
    Facts,
    Reason,
    Scanned,
    Step,
    decide,
)
from lamplighter_agent.media.scan.outcome import Reason as Outcome
from lamplighter_agent.media.scan.outcome import ScanOutcome, Verdict
from lamplighter_keywords.media.permission import Access, Permission
from lamplighter_keywords.policy.device_policy import MediaMode, MediaRules

from tests.agent.media.samples import (
    CHECKED,
    CLEAN,
    INCOMPLETE,
    INFECTED,
    NO_ENGINE,
    NOW,
    PERMISSION,
    PERMITTED,
    RULES,
)

RECORD = replace(RULES, without_permission=MediaMode.RECORD)
READ_ONLY = replace(RULES, without_permission=MediaMode.READ_ONLY)
STRANGE = replace(PERMITTED, permissions=())


def after(outcome: ScanOutcome, at: int = NOW, facts: Facts = PERMITTED) -> Facts:
    return replace(facts, scanned=Scanned(outcome=outcome, at=at))


def with_permission(**changes: object) -> Facts:
    return replace(CHECKED, permissions=(replace(PERMISSION, **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "facts", "step", "reason", "theme"),
    [
        (RULES, PERMITTED, Step.SCAN, Reason.NOT_SCANNED, ""),
        (RULES, CHECKED, Step.RELEASE, Reason.ALLOWED, ""),
        (RULES, STRANGE, Step.REFUSE, Reason.NO_PERMISSION, "unapproved-media"),
        (READ_ONLY, STRANGE, Step.SCAN, Reason.NOT_SCANNED, "unapproved-media"),
        (RECORD, after(CLEAN, facts=STRANGE), Step.RELEASE, Reason.NO_PERMISSION, "unapproved-media"),
        (RULES, after(INFECTED), Step.REFUSE, Reason.INFECTED, "malware-media"),
        (RECORD, after(INFECTED, facts=STRANGE), Step.REFUSE, Reason.INFECTED, "malware-media"),
        (RULES, after(INCOMPLETE), Step.REFUSE, Reason.INCOMPLETE, "unscanned-media"),
        (RULES, after(NO_ENGINE), Step.REFUSE, Reason.INCOMPLETE, "unscanned-media"),
        (RULES, after(replace(CLEAN, reason=Outcome.MEDIUM_GONE)), Step.REFUSE, Reason.GONE, ""),
        # An outcome that calls itself clean and counts something else is not.
        (RULES, after(replace(CLEAN, unscanned=1)), Step.REFUSE, Reason.INCOMPLETE, "unscanned-media"),
        (RULES, after(replace(CLEAN, infected=1)), Step.REFUSE, Reason.INFECTED, "malware-media"),
        (
            RULES,
            after(replace(CLEAN, signatures_at=NOW - 8 * DAY_MS)),
            Step.REFUSE,
            Reason.OLD_SIGNATURES,
            "unscanned-media",
        ),
        (
            RULES,
            after(replace(CLEAN, signatures_at=0)),
            Step.REFUSE,
            Reason.OLD_SIGNATURES,
            "unscanned-media",
        ),
        (
            RULES,
            after(replace(CLEAN, signatures_at=NOW + 9 * DAY_MS)),
            Step.REFUSE,
            Reason.OLD_SIGNATURES,
            "unscanned-media",
        ),
        # A receipt that ended, and one from a time that has not come: scanned again.
        (RULES, after(CLEAN, NOW - 12 * HOUR_MS), Step.SCAN, Reason.NOT_SCANNED, ""),
        (RULES, after(CLEAN, NOW + 1), Step.SCAN, Reason.NOT_SCANNED, ""),
        (RULES, replace(CHECKED, people=0), Step.REFUSE, Reason.NOBODY, ""),
        (RULES, replace(CHECKED, people=2), Step.REFUSE, Reason.SEVERAL, ""),
        (RULES, replace(STRANGE, people=2), Step.REFUSE, Reason.SEVERAL, "unapproved-media"),
        (None, CHECKED, Step.REFUSE, Reason.NO_RULES, ""),
        (RECORD, replace(CHECKED, deceptive=True), Step.REFUSE, Reason.DECEPTIVE, "deceptive-device"),
        (RULES, replace(CHECKED, nameable=False), Step.REFUSE, Reason.NO_NAME, "unapproved-media"),
        (
            RECORD,
            replace(CHECKED, kind=MediumKind.PHONE),
            Step.REFUSE,
            Reason.NOT_A_DRIVE,
            "unapproved-media",
        ),
        (RULES, replace(CHECKED, odd_label=True), Step.REFUSE, Reason.ODD_LABEL, "unscanned-media"),
        (RECORD, replace(STRANGE, odd_label=True), Step.REFUSE, Reason.ODD_LABEL, "unscanned-media"),
        (RULES, replace(CHECKED, volumes=0), Step.REFUSE, Reason.NO_FILES, ""),
        (RULES, replace(CHECKED, size_bytes=257 * 10**9), Step.REFUSE, Reason.TOO_LARGE, "unscanned-media"),
        (RULES, replace(CHECKED, locked=True, encrypted=True), Step.OPEN, Reason.LOCKED, ""),
        (
            replace(RULES, encryption=True),
            CHECKED,
            Step.REFUSE,
            Reason.NOT_ENCRYPTED,
            "unapproved-media",
        ),
        (replace(RULES, encryption=True), replace(CHECKED, encrypted=True), Step.RELEASE, Reason.ALLOWED, ""),
        (
            RULES,
            with_permission(needs_encryption=True),
            Step.REFUSE,
            Reason.NOT_ENCRYPTED,
            "unapproved-media",
        ),
        (RULES, with_permission(ends=NOW), Step.REFUSE, Reason.EXPIRED, "unapproved-media"),
        (RULES, with_permission(begins=NOW + 1), Step.REFUSE, Reason.NOT_YET, "unapproved-media"),
        (RULES, with_permission(person="0" * 32), Step.REFUSE, Reason.NO_PERMISSION, "unapproved-media"),
        (
            RULES,
            with_permission(person="", group="staff"),
            Step.REFUSE,
            Reason.NO_PERMISSION,
            "unapproved-media",
        ),
        (RULES, with_permission(person="", group="pupil"), Step.RELEASE, Reason.ALLOWED, ""),
        (RULES, replace(CHECKED, register_until=NOW), Step.REFUSE, Reason.REGISTER_OLD, "unapproved-media"),
        # What rests is not used without permission either.
        (
            RECORD,
            replace(CHECKED, suspended=frozenset({"p-1"})),
            Step.REFUSE,
            Reason.SUSPENDED,
            "unapproved-media",
        ),
        # Nothing is known against it.
        (
            RULES,
            replace(CHECKED, suspended=frozenset({"p-1", "p-2"}), forgotten=frozenset({"p-1"})),
            Step.REFUSE,
            Reason.MEMORY_LOST,
            "unapproved-media",
        ),
        (replace(RULES, scan=False), PERMITTED, Step.RELEASE, Reason.ALLOWED, ""),
        # Nothing would keep anybody from using it: it is recorded, and nothing else is claimed.
        (RULES, replace(STRANGE, enforced=False), Step.RECORD, Reason.NO_PERMISSION, "unapproved-media"),
        (RULES, replace(CHECKED, enforced=False), Step.RECORD, Reason.ALLOWED, ""),
        # Nobody could use it, clean or not; what may not be used at all is refused for that.
        (RULES, replace(CHECKED, away=True), Step.REFUSE, Reason.NOT_NOW, ""),
        (RULES, replace(STRANGE, away=True), Step.REFUSE, Reason.NO_PERMISSION, "unapproved-media"),
    ],
)
def test_what_is_done(rules: MediaRules | None, facts: Facts, step: Step, reason: Reason, theme: str) -> None:
    found = decide(rules, facts)
    assert (found.step, found.reason, found.theme) == (step, reason, theme)


@pytest.mark.parametrize(
    ("rules", "facts", "access"),
    [
        (RULES, CHECKED, Access.READ_WRITE),
        (replace(RULES, access=Access.READ_ONLY), CHECKED, Access.READ_ONLY),
        (RULES, with_permission(access=Access.READ_ONLY), Access.READ_ONLY),
        (READ_ONLY, after(CLEAN, facts=STRANGE), Access.READ_ONLY),
        (RECORD, after(CLEAN, facts=STRANGE), Access.READ_WRITE),
    ],
)
def test_the_narrower_of_rule_and_permission_is_given(
    rules: MediaRules, facts: Facts, access: Access
) -> None:
    assert decide(rules, facts).access is access


@pytest.mark.parametrize("rules", [RULES, READ_ONLY, RECORD])
def test_a_medium_of_another_size_than_was_permitted_is_refused(rules: MediaRules) -> None:
    facts = replace(with_permission(size_bytes=CHECKED.size_bytes * 2), unlocked_until=NOW + 1)
    found = decide(rules, facts)
    assert (found.step, found.reason, found.theme) == (Step.REFUSE, Reason.NOT_THE_SAME, "unapproved-media")
    same = with_permission(size_bytes=CHECKED.size_bytes)
    assert decide(rules, same).step is Step.RELEASE


def test_a_serial_number_of_a_permitted_medium_of_another_make_has_a_reason_of_its_own() -> None:
    (permission,) = with_permission().permissions
    claims = replace(STRANGE, namesakes=(permission,))
    found = decide(RULES, claims)
    assert (found.step, found.reason, found.theme) == (Step.REFUSE, Reason.OTHER_MAKER, "unapproved-media")
    for nobodys in (
        replace(permission, ends=NOW),
        replace(permission, begins=NOW + 1),
        replace(permission, person="another mark"),
    ):
        assert decide(RULES, replace(STRANGE, namesakes=(nobodys,))).reason is Reason.NO_PERMISSION
    # Where none is needed it is used as any other.
    assert decide(RECORD, after(CLEAN, facts=claims)).step is Step.RELEASE


@pytest.mark.parametrize("rules", [RULES, READ_ONLY, RECORD])
def test_of_two_with_one_name_none_is_used_whatever_is_permitted(rules: MediaRules) -> None:
    for facts in (CHECKED, replace(STRANGE, unlocked_until=NOW + 1)):
        found = decide(rules, replace(facts, twice=True))
        assert (found.step, found.reason, found.theme) == (
            Step.REFUSE,
            Reason.SERIAL_TWICE,
            "unapproved-media",
        )


def test_the_widest_of_several_permissions_counts() -> None:
    narrow = replace(PERMISSION, id="p-0", access=Access.READ_ONLY, ends=PERMISSION.ends + DAY_MS)
    found = decide(RULES, replace(CHECKED, permissions=(narrow, PERMISSION)))
    assert (found.permission, found.access) == ("p-1", Access.READ_WRITE)


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        (INCOMPLETE, Fault.DAMAGED),
        (NO_ENGINE, Fault.SCANNER),
        (replace(INCOMPLETE, reason=Outcome.ENCRYPTED_CONTENT), Fault.LOCKED_FILE),
        # One that contradicts itself is nobody's word.
        (replace(CLEAN, unscanned=1), Fault.SCANNER),
        (INFECTED, None),
        (CLEAN, None),
    ],
)
def test_a_refusal_says_what_kept_it_from_being_checked(outcome: ScanOutcome, fault: Fault | None) -> None:
    assert decide(RULES, after(outcome)).fault is fault


def test_old_signatures_are_the_scanner_s_fault() -> None:
    found = decide(RULES, after(replace(CLEAN, signatures_at=1)))
    assert (found.reason, found.fault) == (Reason.OLD_SIGNATURES, Fault.SCANNER)


def test_a_new_permission_wakes_what_rested_and_the_old_one_does_not() -> None:
    facts = replace(CHECKED, suspended=frozenset({"p-1"}))
    new = replace(PERMISSION, id="p-2")
    found = decide(RULES, replace(facts, permissions=(PERMISSION, new)))
    assert (found.step, found.permission) == (Step.RELEASE, "p-2")


def test_a_code_permits_and_never_skips_the_scan() -> None:
    facts = replace(STRANGE, unlocked_until=NOW + 1)
    assert decide(RULES, facts).step is Step.SCAN
    found = decide(RULES, after(CLEAN, facts=facts))
    assert (found.step, found.permission, found.theme) == (Step.RELEASE, BY_CODE, "")
    assert decide(RULES, after(INFECTED, facts=facts)).reason is Reason.INFECTED
    assert decide(RULES, replace(facts, unlocked_until=NOW)).reason is Reason.NO_PERMISSION


def test_when_to_ask_again_is_the_end_of_what_permits() -> None:
    assert decide(RULES, CHECKED).until == PERMISSION.ends
    assert decide(RULES, replace(CHECKED, register_until=NOW + 5)).until == NOW + 5
    assert decide(RULES, with_permission(begins=NOW + 7)).until == NOW + 7


def test_what_is_in_use_is_not_scanned_again_for_its_age_alone() -> None:
    old = after(CLEAN, NOW - 13 * HOUR_MS)
    assert decide(RULES, replace(old, in_use=True)).step is Step.RELEASE


TIMES = st.integers(NOW - 40 * DAY_MS, NOW + 40 * DAY_MS)
PERMISSIONS = st.builds(
    Permission,
    id=st.sampled_from(["p-1", "p-2"]),
    medium=st.just(PERMISSION.medium),
    person=st.sampled_from([PERMISSION.person, "0" * 32]),
    access=st.sampled_from(Access),
    begins=TIMES,
    ends=TIMES,
    needs_encryption=st.booleans(),
)
OUTCOMES = st.builds(
    ScanOutcome,
    reason=st.sampled_from(Outcome),
    infected=st.integers(0, 1),
    unscanned=st.integers(0, 1),
    digest=st.sampled_from(["", "ab" * 32]),
    signatures_at=TIMES | st.just(0),
)
FACTS = st.builds(
    Facts,
    now=TIMES,
    kind=st.sampled_from(MediumKind),
    deceptive=st.booleans(),
    nameable=st.booleans(),
    size_bytes=st.sampled_from([0, 10**9, 10**13]),
    volumes=st.integers(0, 2),
    encrypted=st.booleans(),
    locked=st.booleans(),
    enforced=st.booleans(),
    people=st.integers(0, 2),
    person=st.just(PERMISSION.person),
    group=st.sampled_from(["pupil", "staff"]),
    permissions=st.lists(PERMISSIONS, max_size=2).map(tuple),
    register_until=TIMES,
    suspended=st.frozensets(st.sampled_from(["p-1", "p-2"])),
    unlocked_until=TIMES | st.just(0),
    scanned=st.none() | st.builds(Scanned, outcome=OUTCOMES, at=TIMES),
    in_use=st.booleans(),
)
ALL_RULES = st.builds(
    MediaRules,
    without_permission=st.sampled_from(MediaMode),
    scan=st.booleans(),
    encryption=st.booleans(),
    access=st.sampled_from(Access),
    stale_days=st.integers(1, 30),
    receipt_hours=st.integers(1, 168),
    largest_gb=st.integers(1, 1000),
)


def releasing(rules: MediaRules | None, facts: Facts) -> Decision | None:
    found = decide(rules, facts)
    return found if found.step is Step.RELEASE else None


@given(rules=st.none() | ALL_RULES, facts=FACTS)
def test_whatever_is_true_nothing_is_released_that_must_not_be(
    rules: MediaRules | None, facts: Facts
) -> None:
    found = releasing(rules, facts)
    if found is None:
        return
    assert rules is not None
    assert facts.people == 1
    assert facts.enforced
    assert not facts.deceptive
    assert not facts.locked
    assert facts.volumes > 0
    assert facts.size_bytes <= rules.largest_gb * 10**9
    assert facts.encrypted or not rules.encryption
    permitted = [one for one in facts.permissions if one.id == found.permission]
    if rules.without_permission is MediaMode.BLOCK or found.permission:
        assert facts.nameable
        assert found.permission == BY_CODE or permitted
    for one in permitted[:1]:
        assert one.person == facts.person
        assert any(two.holds(facts.now) for two in permitted)
        assert facts.now < facts.register_until
        assert one.id not in facts.suspended
    if found.permission == BY_CODE:
        assert facts.now < facts.unlocked_until
    if found.access is Access.READ_WRITE:
        assert rules.access is Access.READ_WRITE
    if rules.scan:
        assert facts.scanned is not None
        outcome = facts.scanned.outcome
        assert outcome.verdict is Verdict.CLEAN
        assert not outcome.infected
        assert not outcome.unscanned
        assert facts.scanned.at <= facts.now
        assert facts.in_use or facts.now - facts.scanned.at < rules.receipt_hours * HOUR_MS
        assert facts.scanned.at - outcome.signatures_at <= rules.stale_days * DAY_MS


@given(rules=st.none() | ALL_RULES, facts=FACTS)
def test_what_is_not_refused_was_asked_by_one_person_with_rules(
    rules: MediaRules | None, facts: Facts
) -> None:
    found = decide(rules, facts)
    if found.step not in {Step.REFUSE, Step.RECORD}:
        assert rules is not None
        assert facts.people == 1
        assert facts.enforced
    assert bool(found.theme) == (found.severity > 0)
