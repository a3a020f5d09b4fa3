"""The plain text says what the page says."""

import pytest
from lamplighter_agent.notice.document import document_of
from lamplighter_agent.notice.text import render_text
from lamplighter_agent.notice.words import words_in

from tests.agent.notice.samples import FACTS, facts

pytestmark = pytest.mark.notice


def test_every_sentence_of_the_page_is_there() -> None:
    text = render_text(FACTS)
    document = document_of(FACTS)
    wanted = [document.state, document.device, *document.why]
    for section in (*document.sections, *document.folded):
        wanted += [section.heading, section.introduction, section.strong, *section.paragraphs]
        wanted += [item for group in section.groups for item in (group.heading, *group.items)]
    wanted += [part for one in document.contacts for part in (one.who, one.how, one.address)]
    assert [sentence for sentence in wanted if sentence not in text] == []
    assert not text.startswith("\n")


def test_what_nobody_has_read_says_so() -> None:
    assert "The English page counts" not in render_text(FACTS)
    assert words_in("pl").not_reviewed in render_text(facts(language="pl"))
