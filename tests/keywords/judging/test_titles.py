"""Window titles and their parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_keywords.judging.titles import Titles
from lamplighter_keywords.knowledge import SiteKind
from lamplighter_keywords.shipped import shipped_knowledge

TITLES = Titles(shipped_knowledge().sites)


@pytest.mark.parametrize(
    ("title", "page", "site", "kind"),
    [
        ("Lamp - Wikipedia", "Lamp", "Wikipedia", "reference"),
        ("Lamp - Wikipedia, the free encyclopedia", "Lamp", "Wikipedia, the free encyclopedia", "reference"),
        ("Lamp - Wikipedia — Mozilla Firefox", "Lamp", "Wikipedia", "reference"),
        ("Lamp - Wikipedia - Google Chrome", "Lamp", "Wikipedia", "reference"),
        ("Lamp - Wikipedia and 3 more pages - Personal - Microsoft Edge", "Lamp", "Wikipedia", "reference"),
        ("Lamp - Wikipedia - School - Microsoft\u200b Edge", "Lamp", "Wikipedia", "reference"),
        (
            "LAMP | English meaning - Cambridge Dictionary",
            "LAMP - English meaning",
            "Cambridge Dictionary",
            "reference",
        ),
        ("Oil lamp – Lampcraft Wiki", "Oil lamp", "Lampcraft Wiki", "reference"),
        ("Lamps – GCSE physics - BBC Bitesize", "Lamps - GCSE physics", "BBC Bitesize", "reference"),
        ("Man stole lamp - BBC News", "Man stole lamp", "BBC News", "news"),
        ("Man stole lamp | The Guardian", "Man stole lamp", "The Guardian", "news"),
        ("(3) Ten best lamps - YouTube", "Ten best lamps", "YouTube", "video"),
        ("Self-help | Childline", "Self-help", "Childline", "helpline"),
        ("Essay.docx - Word", "Essay.docx", "Word", "school"),
        ("● Essay - Google Docs - Google Chrome", "Essay", "Google Docs", "school"),
        ("Discord | #general | Lamp club", "#general - Lamp club", "Discord", "social"),
        ("Amazon.co.uk : oil lamp", "oil lamp", "Amazon.co.uk", "shop"),
        ("YouTube", "", "YouTube", "video"),
        ("ChatGPT - Google Chrome", "", "ChatGPT", "ai_chat"),
        ("Lamp-light and well-being", "Lamp-light and well-being", "", None),
        ("Notes on lamps - my diary", "Notes on lamps - my diary", "", None),
        ("Mozilla Firefox", "Mozilla Firefox", "", None),
        ("", "", "", None),
        (" - ", "", "", None),
    ],
)
def test_parts(title: str, page: str, site: str, kind: str | None) -> None:
    parts = TITLES.parts(title)
    assert (parts.page, parts.site, parts.kind) == (page, site, SiteKind(kind) if kind else None)


@pytest.mark.parametrize(
    "title",
    [
        "my lamp - Google Search",
        "my lamp - Google Search - Mozilla Firefox",
        "(1) my lamp - Google Search - Google Chrome",
        "my lamp - Search - Personal - Microsoft Edge",
        "my lamp - Bing",
        "my lamp at DuckDuckGo",
        "my lamp at DuckDuckGo \u2014 Mozilla Firefox",
        "my lamp - Ecosia - Web",
        "my lamp - YouTube Search",
        "my lamp | Yahoo Search Results",
        "my lamp - Szukaj w Google",
    ],
)
def test_what_was_searched_for(title: str) -> None:
    parts = TITLES.parts(title)
    assert (parts.kind, parts.query) == (SiteKind.SEARCH, "my lamp")


def test_a_page_that_names_a_site_is_no_page_of_it() -> None:
    assert TITLES.parts("wikipedia - Google Search").kind is SiteKind.SEARCH
    assert TITLES.parts("is wikipedia true").kind is None


@given(title=st.text(max_size=200))
def test_any_title_has_parts(title: str) -> None:
    parts = TITLES.parts(title)
    assert not parts.query or parts.query == parts.page


def test_a_very_long_title_is_cut() -> None:
    assert len(TITLES.parts("a - " * 500_000).page) < 4_000
