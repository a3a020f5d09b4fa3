"""The letter says what is set, and nothing that is not."""

from dataclasses import replace

from lamplighter_collector.letter.rendering import text_of
from lamplighter_collector.letter.wording import letter_of
from lamplighter_collector.people.roles import Role
from lamplighter_keywords.policy.device_policy import DevicePolicy

from tests.collector.letter.made import LEAD, OFFICE, facts


def text(**changes: object) -> str:
    return " ".join(text_of(letter_of(facts(**changes))).split())  # type: ignore[arg-type]


def test_everything_that_a_family_asks_has_its_answer() -> None:
    told = text()
    for answer in (
        "Marrowby Vale School",
        "14 September 2026",
        "strip at the top of the screen",
        "- Bullying - Gambling",
        "Passwords",
        "at most 40 characters either side",
        "the designated safeguarding lead and 2 deputies",
        "goes to the headteacher instead, what may be about the headteacher to the chair of governors.",
        "kept for 365 days at most",
        "for 90 days stops checking",
        "Ask here: School office: office@vale.example (checked on 2026-09-02).",
        "- Safeguarding lead: Room 4 (checked on 2026-09-01)",
        "ring 999",
    ):
        assert answer in told, answer


def test_what_is_set_otherwise_is_said_otherwise() -> None:
    policy = replace(DevicePolicy(contacts=(LEAD, OFFICE)), retention_days=30, silent_days=14)
    told = text(policy=policy, readers={Role.DSL: 2, Role.HEADTEACHER: 1})
    assert "kept for 30 days" in told
    assert "for 14 days stops checking" in told
    assert "read by 2 designated safeguarding leads. What" in told
    assert "chair" not in told
    assert "lent to the school" not in told
    assert "lent to the school" in text(licensed=True)
    assert "no word lists at present" in text(themes=())


def test_one_deputy_is_one() -> None:
    assert "lead and one deputy." in text(readers={Role.DSL: 1, Role.DEPUTY: 1, Role.HEADTEACHER: 1})
