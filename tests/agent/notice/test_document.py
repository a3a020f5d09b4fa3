"""What the page says for which facts."""

import pytest
from lamplighter_agent.notice.document import Document, document_of, one_line
from lamplighter_agent.notice.facts import Area, Checking, Place, ThemeFact

from tests.agent.notice.samples import FACTS, facts

pytestmark = pytest.mark.notice


def headings(document: Document) -> dict[str, tuple[str, ...]]:
    return {group.heading: group.items for group in document.sections[0].groups}


def test_themes_stand_under_their_area_of_risk() -> None:
    found = headings(document_of(FACTS))
    assert found["Money, buying and tricks"] == ("Betting and gambling",)
    assert found["Other things"] == ("Kite <flying>",)
    assert "Things people may see or read" not in found


def test_words_that_may_not_be_shown_are_counted() -> None:
    (told,) = headings(document_of(facts(licensed=12)))["Words that may not be shown"]
    assert "looks for 12 words" in told
    assert "Words that may not be shown" not in headings(document_of(FACTS))


def test_two_lists_of_one_meaning_are_one_line() -> None:
    twins = (
        ThemeFact(slug="kites", name="Kite flying", area=Area.CONTACT),
        ThemeFact(slug="kites-2", name=" Kite  flying", area=Area.CONTACT),
    )
    (group,) = document_of(facts(themes=twins)).sections[0].groups
    assert len(group.items) == 1


def test_the_technical_reason_is_left_out_while_checking_is_on() -> None:
    assert document_of(facts(detail="anything")).detail == ""
    assert "anything" in document_of(facts(detail="anything", checking=Checking.STOPPED)).detail


def test_no_asset_tag_leaves_no_empty_line() -> None:
    assert document_of(facts(asset_tag="")).device == ""


def test_braces_in_a_name_mean_nothing() -> None:
    assert document_of(facts(organisation="{0}{organisation!r}")).why[0].endswith("{0}{organisation!r}.")


def test_one_line_drops_what_no_page_can_carry() -> None:
    assert one_line(" a\n\tb\x00\x1b[2J \u202ec\ud800 ") == "a b[2J c"


def test_a_device_that_is_not_the_school_s_is_not_said_to_be() -> None:
    for checking in (Checking.NOT_ENROLLED, Checking.ENDED):
        document = document_of(facts(organisation="", asset_tag="", checking=checking))
        assert not any("belongs" in sentence for sentence in document.why)
        assert not any("{organisation}" in part for one in document.sections for part in one.paragraphs)


def test_a_device_that_ended_claims_nothing_that_it_no_longer_does() -> None:
    document = document_of(facts(checking=Checking.ENDED))
    assert [section.name for section in document.sections] == ["never", "talk"]


@pytest.mark.parametrize(
    ("age", "first", "folded"),
    [
        ("pictures", ["pictures", "talk"], ["checks", "adults"]),
        ("7-11", ["checks", "talk"], ["pictures", "adults"]),
        ("11-18", ["checks", "talk"], ["adults", "pictures"]),
        ("adult", ["checks", "talk"], ["pictures", "pictures"]),
    ],
)
def test_each_age_has_every_section_in_its_own_order(age: str, first: list[str], folded: list[str]) -> None:
    document = document_of(facts(age=age))
    shown, hidden = ([one.name for one in part] for part in (document.sections, document.folded))
    assert [shown[0], shown[-1]] == first
    assert [hidden[0], hidden[-1]] == folded
    every = {"pictures", "checks", "never", "when", "found", "readers", "wrong", "more", "adults", "talk"}
    assert set(shown) | set(hidden) == every
    assert len(shown) + len(hidden) == len(every)
    assert ("more" in shown) is (age in {"11-18", "adult"})


def test_ceop_and_childline_are_named_after_the_grown_ups_that_a_child_knows() -> None:
    *people, ceop, childline = document_of(FACTS).contacts
    assert all(not one.address for one in people)
    assert ceop.address.startswith("https://www.ceop.police.uk/")
    assert childline.address.startswith("https://www.childline.org.uk/")


def test_the_day_until_which_it_rests_is_in_the_page_s_language() -> None:
    resting = facts(checking=Checking.RESTING, rests_until="Monday 07:00", language="pl")
    assert "do poniedziałku, 07:00" in document_of(resting).state
    assert "18:00" in document_of(facts(checking=Checking.RESTING, rests_until="18:00")).state


def test_the_page_says_where_the_device_is_and_when_that_was_so() -> None:
    now = document_of(facts(place=Place.AWAY, since="2 September 07:00", language="lt")).now
    assert now[0] == "Vieta: ne mokykloje."
    assert "rugsėjo 2 d. 07:00" in now[1]
    assert document_of(FACTS).now == ()
