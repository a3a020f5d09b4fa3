"""The page by its structure: what assistive technology finds, what no configured value can break."""

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.notice.document import ADDRESSES
from lamplighter_agent.notice.facts import Checking, PageFacts
from lamplighter_agent.notice.languages import AGES
from lamplighter_agent.notice.page import file_name, render
from lamplighter_agent.notice.words import known, words_in
from lamplighter_keywords.policy.device_policy import DevicePolicy

from tests.agent.notice.samples import FACTS, facts

pytestmark = pytest.mark.notice

VOID = {"meta", "path", "circle", "rect"}
KNOWN = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "div", "p", "b", "span", "bdi", "svg"),
    *(
        "circle",
        "path",
        "rect",
        "text",
        "nav",
        "ol",
        "figure",
        "figcaption",
        "details",
        "summary",
        "h1",
        "h2",
        "h3",
        "main",
        "section",
        "ul",
        "li",
        "strong",
        "dl",
        "dt",
        "dd",
        "footer",
    ),
}


class Outline(HTMLParser):
    """Reads a page; fails where a tag is not closed in its turn or not one of ours."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in KNOWN, tag
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in KNOWN, tag
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.said.append((self.open[-1], data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def text(self) -> str:
        return " ".join(" ".join(data for tag, data in self.said if tag != "style").split())


def test_it_has_the_structure_that_a_screen_reader_needs() -> None:
    outline = Outline(render(FACTS))
    assert outline.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert [len(outline.all(tag)) for tag in ("h1", "main", "header", "footer", "title")] == [1] * 5
    headings = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(headings))
    ids = {attributes["id"] for _, attributes in outline.tags if "id" in attributes}
    assert len(ids) == len([1 for _, attributes in outline.tags if "id" in attributes])
    assert {section["aria-labelledby"] for section in outline.all("section")} <= ids
    inside = {str(link["href"])[1:] for link in outline.all("a") if str(link["href"]).startswith("#")}
    assert inside == {"main", "talk"}
    assert inside <= ids
    assert outline.all("svg")[0]["aria-hidden"] == "true"


@pytest.mark.parametrize("tag", known())
@pytest.mark.parametrize("age", AGES)
def test_every_language_and_age_is_whole(tag: str, age: str) -> None:
    outline = Outline(render(facts(language=tag, age=age)))
    words = words_in(tag)
    assert outline.all("html") == [{"lang": tag, "dir": words.direction}]
    assert [len(outline.all(part)) for part in ("h1", "main", "nav", "title")] == [1] * 4
    assert len([one for one in outline.all("svg") if one["class"] == "picture"]) == 4
    here = [link["lang"] for link in outline.all("a") if link.get("aria-current") == "page"]
    assert here == [tag]
    text = outline.text()
    assert words.nobody_reading in text
    assert (words.not_reviewed in text) is (tag != "en")


def test_the_page_asks_nothing_of_the_service() -> None:
    outline = Outline(render(FACTS))
    assert not outline.all("form") + outline.all("button") + outline.all("input")
    assert "This page can't press it for you" in outline.text()


def test_it_has_each_answer_of_the_design_in_order() -> None:
    outline = Outline(render(FACTS))
    assert [data for tag, data in outline.said if tag == "h2"] == [
        "What it checks",
        "What it never checks",
        "When",
        "If it finds something",
        "Who can read it",
        "If it got it wrong",
        "If you want to talk to someone",
        "In pictures",
        "In more detail",
        "For adults",
    ]
    assert "Nobody may be reading tonight" in outline.text()


def test_nothing_runs_in_it_and_nothing_is_loaded() -> None:
    html = render(FACTS)
    assert not re.search(r"<script|javascript:|\son\w+=|\sstyle=|src=|url\(|@import|http:", html)
    # What a person may follow: the pages beside this one, and two services for children.
    links = {str(link["href"]) for link in Outline(html).all("a")}
    assert {link for link in links if ":" in link} == set(ADDRESSES.values())
    assert html.count("https://") == len(ADDRESSES)
    beside = {link for link in links if not link.startswith("#")} - set(ADDRESSES.values())
    assert beside == {file_name(tag) for tag in known()}
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)
    (style,) = re.findall(r"<style>(.*)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_it_names_the_organisation_the_device_and_what_is_looked_for() -> None:
    text = Outline(render(FACTS)).text()
    for said in ("Larkhill Bridge School", "LB-0412", "Not wanting to live any more", "Kite <flying>"):
        assert said in text


@pytest.mark.parametrize("checking", [kind for kind in Checking if kind is not Checking.ON])
def test_it_says_when_checking_is_off_and_why(checking: Checking) -> None:
    html = render(facts(checking=checking, detail="no certificate"))
    text = Outline(html).text()
    assert ("Checking has ended" if checking is Checking.ENDED else "Checking is off") in text
    assert "For a technician: no certificate" in text
    assert "Checking is on now" not in text
    assert '<header class="off">' in html


def test_no_list_is_said_and_not_hidden() -> None:
    assert "no word lists on this device" in Outline(render(facts(themes=()))).text()


def test_the_staff_line_follows_the_setting() -> None:
    assert "adults who work at the school it is off" in render(FACTS)
    assert "adults who work at the school it is on too" in render(
        facts(policy=DevicePolicy(staff_dpia="DPIA 7"))
    )


@given(
    text=st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [
                "</title><script>alert(1)</script>",
                '" onload="x',
                "{organisation}{asset_tag}",
                "\u202eloohcs",
                "<!--",
                "]]>",
                "</style>",
                "&amp;<b>",
                "\ud800",
            ]
        ),
    )
)
def test_no_configured_value_changes_the_structure(text: str) -> None:
    html = render(strange(text or "x"))
    html.encode()
    assert structure(html) == structure(render(strange("x")))


def structure(html: str) -> list[str]:
    """Every tag but those of the device's line, which is left out where nothing of its value can be shown."""
    return [tag for tag, _ in Outline(html).tags if tag not in {"span", "bdi", "p"}]


def strange(text: str) -> PageFacts:
    return facts(organisation=text, asset_tag=text, checking=Checking.STOPPED, detail=text)
