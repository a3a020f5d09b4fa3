"""The plain text says what the page says."""

import pytest
from lamplighter_agent.notice.document import document_of
from lamplighter_agent.notice.text import render_text

from tests.agent.notice.samples import FACTS

pytestmark = pytest.mark.notice


def test_every_sentence_of_the_page_is_there() -> None:
    text = render_text(FACTS)
    document = document_of(FACTS)
    wanted = [document.state, document.device, *document.why]
    for section in document.sections:
        wanted += [section.heading, section.introduction, section.strong, *section.paragraphs]
        wanted += [item for group in section.groups for item in (group.heading, *group.items)]
    wanted += [part for contact in document.contacts for part in contact]
    assert [sentence for sentence in wanted if sentence not in text] == []
    assert not text.startswith("\n")
