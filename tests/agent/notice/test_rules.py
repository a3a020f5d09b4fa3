"""The school's rules in the words of the page."""

from dataclasses import replace
from datetime import date

import pytest
from lamplighter_agent.notice import rules
from lamplighter_agent.notice.document import Document, document_of
from lamplighter_agent.notice.facts import Checking
from lamplighter_agent.notice.words import ENGLISH
from lamplighter_keywords.policy.device_policy import Contact, DevicePolicy, MediaMode, MediaRules, Window

from tests.agent.notice.samples import facts

pytestmark = pytest.mark.notice
SHIPPED = DevicePolicy()


def section(document: Document, name: str) -> str:
    (found,) = [one for one in document.sections if one.name == name]
    items = [item for group in found.groups for item in group.items]
    lead = [] if found.lead is None else list(found.lead.items)
    return "\n".join([*found.paragraphs, *lead, *items])


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (tuple(range(7)), "every day"),
        ((0, 1, 2, 3, 4), "Monday to Friday"),
        ((0, 2, 4), "Monday, Wednesday and Friday"),
        ((5, 6), "Saturday and Sunday"),
        ((3,), "Thursday"),
    ],
)
def test_days_are_said_as_one_says_them(days: tuple[int, ...], words: str) -> None:
    window = Window(days=days, start=7 * 60, end=18 * 60)
    assert rules.window_words(ENGLISH, window) == f"{words} from 07:00 to 18:00"


def test_hours_are_told_and_no_limit_is_not() -> None:
    assert "rests" not in section(document_of(facts(policy=SHIPPED)), "when")
    limited = replace(SHIPPED, pupil=replace(SHIPPED.pupil, hours=Window(end=16 * 60, in_term=True)))
    text = section(document_of(facts(policy=limited)), "when")
    assert "It is on every day from 00:00 to 16:00 in term. At all other times it rests." in text


def test_staff_are_told_whether_and_when() -> None:
    assert "For adults who work at the school it is off." in section(
        document_of(facts(policy=SHIPPED)), "when"
    )
    text = section(document_of(facts(policy=replace(SHIPPED, staff_dpia="DPIA 7"))), "when")
    assert "it is on too" in text
    assert "Monday to Friday from 07:00 to 18:00 in term" in text


def test_only_what_is_switched_on_is_said_to_be_checked() -> None:
    off = replace(SHIPPED, pupil=replace(SHIPPED.pupil, typed=False, media=False))
    text = section(document_of(facts(policy=off)), "checks")
    assert "windows" in text
    assert "Words you type" not in text
    assert "Memory sticks" not in text


def test_places_are_said_with_what_counts_there() -> None:
    text = section(document_of(facts(policy=SHIPPED)), "place")
    assert "If it can't tell, the rules for away from school count." in text
    assert "At school: everything on this page" in text
    assert (
        "Away from school, every day from 07:00 to 21:00 in term: only things that are more serious" in text
    )
    assert "at other times: only the most serious things" in text


def with_sticks(mode: MediaMode) -> DevicePolicy:
    return replace(SHIPPED, pupil=replace(SHIPPED.pupil, portable=MediaRules(without_permission=mode)))


@pytest.mark.parametrize("mode", list(MediaMode))
def test_what_is_wanted_of_memory_sticks_is_not_claimed_to_be_done(mode: MediaMode) -> None:
    text = section(document_of(facts(policy=with_sticks(mode))), "school")
    assert ("can't do that yet" in text) is (mode is not MediaMode.RECORD)


@pytest.mark.parametrize(
    ("mode", "said"),
    [(MediaMode.BLOCK, "works on this device only when"), (MediaMode.READ_ONLY, "read here and not changed")],
)
def test_what_is_really_done_with_memory_sticks_is_said(mode: MediaMode, said: str) -> None:
    text = section(document_of(facts(policy=with_sticks(mode), media_enforced=True)), "school")
    assert said in text
    assert "looks through its files for viruses" in text
    assert "can't do that yet" not in text


def test_the_school_s_own_words_in_the_person_s_language() -> None:
    policy = replace(SHIPPED, notice={"en": ("In English.",), "cy": ("Yn Gymraeg.",)})
    assert rules.school_lines(policy, "cy-GB") == ("Yn Gymraeg.",)
    assert rules.school_lines(policy, "pl") == ("In English.",)
    assert rules.school_lines(replace(SHIPPED, notice={"cy": ("Yn Gymraeg.",)}), "pl") == ("Yn Gymraeg.",)
    assert rules.school_lines(SHIPPED, "en") == ()
    assert "In English." in section(document_of(facts(policy=policy)), "school")


def test_the_school_s_contacts_come_first_with_their_date() -> None:
    contact = Contact(label="Safeguarding lead", value="Room {4}", checked=date(2026, 9, 1))
    document = document_of(facts(policy=replace(SHIPPED, contacts=(contact,))))
    told = [(one.who, one.how) for one in document.contacts]
    assert told[0] == ("Safeguarding lead", "Room {4} (checked on 2026-09-01)")
    assert told[1:] == [*ENGLISH.contacts, *ENGLISH.links.values()]


def test_how_long_words_are_kept_is_the_school_s_rule() -> None:
    assert "365 days at most" in section(document_of(facts(policy=SHIPPED)), "readers")


def test_while_it_rests_the_page_says_until_when() -> None:
    resting = facts(checking=Checking.RESTING, rests_until="Monday 07:00")
    assert document_of(resting).state == "Checking is off: it rests until Monday 07:00"
    assert document_of(facts(checking=Checking.RESTING)).state == "Checking is off: it rests now"


def test_before_the_first_lists_nothing_of_the_school_is_said() -> None:
    names = [one.name for one in document_of(facts(policy=None)).sections]
    assert "place" not in names
    assert "school" not in names
