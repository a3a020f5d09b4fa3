"""Lines that fit an e-mail, and a page on which what a school has written is never markup."""

from dataclasses import replace
from html.parser import HTMLParser

from lamplighter_collector.letter.rendering import html_of, text_of
from lamplighter_collector.letter.wording import letter_of
from lamplighter_keywords.policy.device_policy import DevicePolicy

from tests.collector.letter.made import LEAD, facts

SLY = replace(LEAD, value="<script>alert(1)</script> & 'Room' \"4\"")


class Read(HTMLParser):
    """What a browser makes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.seen.add(tag)
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_no_line_is_longer_than_an_e_mail_takes() -> None:
    lines = text_of(letter_of(facts())).splitlines()
    assert max(map(len, lines)) <= 78
    assert lines[-1].startswith("Signed for Marrowby Vale School")


def test_the_page_is_whole_says_the_same_and_loads_nothing() -> None:
    letter = letter_of(facts())
    page, read = html_of(letter), Read()
    read.feed(page)
    assert read.open == []
    for section in letter.sections:
        for text in (section.heading, *section.paragraphs, *section.items):
            assert text in read.text
    assert not read.seen & {"script", "link", "img", "iframe"}
    assert "url(" not in page
    assert '<html lang="en">' in page


def test_what_a_school_has_written_is_only_text() -> None:
    read = Read()
    read.feed(html_of(letter_of(facts(DevicePolicy(contacts=(SLY,)), organisation="<b>Vale"))))
    assert SLY.value in read.text
    assert "<b>Vale" in read.text
    assert not read.seen & {"script", "b"}
