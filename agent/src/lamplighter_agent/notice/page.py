"""The page as HTML: one file, no script, nothing loaded from anywhere; every value is escaped.

It only tells. A button in it could reach the service by a socket of the network alone, and whatever any web
page or other account can reach could ask for help in a child's name; so it shows a picture of the strip's.

The policy in its head forbids all that the page does not use. The style is allowed by its hash, so that even
an escaping fault could not bring in another one.
"""

import base64
import hashlib

from lamplighter_agent.notice.document import Contact, Document, Group, Section, document_of
from lamplighter_agent.notice.facts import PageFacts
from lamplighter_agent.notice.languages import language_of
from lamplighter_agent.notice.markup import escape
from lamplighter_agent.notice.pictures import FOUR, strip_of
from lamplighter_agent.notice.style import STYLE
from lamplighter_agent.notice.words import Words, known, words_in

NAME = "what-this-device-checks"

_LAMP = (
    '<svg class="lamp" viewBox="0 0 120 200" width="96" height="160" aria-hidden="true" focusable="false">'
    '<circle class="halo" cx="60" cy="62" r="58"/><circle class="halo" cx="60" cy="62" r="40"/>'
    '<path class="iron" d="M60 20v12M42 34h36l-8 52H50zM60 86v100M44 188h32"/>'
    '<path class="flame" d="M60 44c10 12 12 18 12 24a12 12 0 0 1-24 0c0-6 2-12 12-24z"/></svg>'
)


def file_name(language: str) -> str:
    """Return the name of the page in one language."""
    return f"{NAME}.{language}.html"


def render(facts: PageFacts) -> str:
    """The complete page."""
    document = document_of(facts)
    words = document.words
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{escape(words.language)}" dir="{escape(words.direction)}">',
            *_head(words.title),
            "<body>",
            f'<a class="skip" href="#main">{escape(words.skip)}</a>',
            *_header(document),
            '<main id="main" tabindex="-1">',
            *(line for section in document.sections for line in _section(section, document)),
            *(line for section in document.folded for line in _folded(section, document)),
            "</main>",
            "<footer>",
            *(f"<p>{escape(sentence)}</p>" for sentence in words.foot),
            "</footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _head(title: str) -> list[str]:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return [
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{escape(title)} - Lamplighter</title>",
        f"<style>{STYLE}</style>",
        "</head>",
    ]


def _header(document: Document) -> list[str]:
    words = document.words
    state = "on" if document.on else "off"
    dot = '<span class="dot" aria-hidden="true"></span>'
    device = f'<span class="device"><bdi>{escape(document.device)}</bdi></span>' if document.device else ""
    now = " ".join(f"<bdi>{escape(sentence)}</bdi>" for sentence in document.now)
    why = " ".join(f"<bdi>{escape(sentence)}</bdi>" for sentence in document.why)
    return [
        f'<header class="{state}"><div class="wrap">',
        f'<p class="brand"><b>Lamplighter</b> {device}</p>',
        f'<div class="sky"><div><p class="state">{dot}{escape(document.state)}</p>',
        f"<h1>{escape(words.title)}</h1>",
        f'<p class="now">{now}</p><p class="why">{why}</p>{_detail(document)}{_not_reviewed(words)}',
        f'<p><a class="help" href="#talk">{escape(words.help_link)}</a></p></div>{_LAMP}</div>',
        # After the way to help, which a keyboard reaches first.
        *_languages(words),
        "</div></header>",
    ]


def _languages(words: Words) -> list[str]:
    links = []
    for tag in known():
        one = words_in(tag)
        here = ' aria-current="page"' if one is words else ""
        named = f'lang="{escape(tag)}" hreflang="{escape(tag)}" dir="{escape(one.direction)}"'
        links.append(f'<li><a href="{escape(file_name(tag))}" {named}{here}>{escape(one.name)}</a></li>')
    return [f'<nav aria-label="{escape(words.languages_heading)}"><ul>', *links, "</ul></nav>"]


def _detail(document: Document) -> str:
    if not document.detail:
        return ""
    told = f'<span lang="en" dir="ltr">{escape(document.detail)}</span>'
    return f'<p class="detail">{escape(document.words.for_technician)} {told}</p>'


def _not_reviewed(words: Words) -> str:
    if words.reviewed:
        return ""
    english = f'<a href="{escape(file_name("en"))}" lang="en" hreflang="en" dir="ltr">English</a>'
    return f'<p class="detail">{escape(words.not_reviewed)} {english}</p>'


def _section(section: Section, document: Document) -> list[str]:
    name = escape(section.name)
    return [
        f'<section class="{escape(section.kind)}" id="{name}" aria-labelledby="{name}-heading">',
        f'<h2 id="{name}-heading">{escape(section.heading)}</h2>',
        *_content(section, document),
        "</section>",
    ]


def _folded(section: Section, document: Document) -> list[str]:
    name = escape(section.name)
    return [
        f'<details class="{escape(section.kind)}" id="{name}">',
        f"<summary><h2>{escape(section.heading)}</h2></summary>",
        *_content(section, document),
        "</details>",
    ]


def _content(section: Section, document: Document) -> list[str]:
    if section.kind == "pictures":
        return _pictured(section)
    lines: list[str] = []
    if section.lead is not None:
        lines += _group(section.lead)
    if section.introduction:
        lines.append(f"<p>{escape(section.introduction)}</p>")
    if section.groups:
        groups = (line for group in section.groups for line in ("<div>", *_group(group), "</div>"))
        lines += ['<div class="groups">', *groups, "</div>"]
    lines += [f"<p><bdi>{escape(sentence)}</bdi></p>" for sentence in section.paragraphs]
    if section.kind == "talk":
        strip = strip_of(language_of(document.words.language))
        lines.append(f"<figure>{strip}<figcaption>{escape(document.words.press)}</figcaption></figure>")
    if section.strong:
        lines.append(f'<p class="tonight"><strong>{escape(section.strong)}</strong></p>')
        lines += ["<dl>", *(line for one in document.contacts for line in _contact(one)), "</dl>"]
    return lines


def _pictured(section: Section) -> list[str]:
    """One picture and one sentence after another."""
    sentences = (item for group in section.groups for item in group.items)
    pairs = zip(FOUR, sentences, strict=True)
    return [
        "<ol>",
        *(f"<li>{drawing}<span>{escape(sentence)}</span></li>" for drawing, sentence in pairs),
        "</ol>",
    ]


def _group(group: Group) -> list[str]:
    heading = [f"<h3>{escape(group.heading)}</h3>"] if group.heading else []
    return [*heading, "<ul>", *(f"<li><bdi>{escape(item)}</bdi></li>" for item in group.items), "</ul>"]


def _contact(contact: Contact) -> list[str]:
    link = ""
    if contact.address:
        shown = contact.address.removeprefix("https://").removesuffix("/")
        link = f' <a href="{escape(contact.address)}" rel="noreferrer" dir="ltr">{escape(shown)}</a>'
    return [f"<dt>{escape(contact.who)}</dt>", f"<dd>{escape(contact.how)}{link}</dd>"]
