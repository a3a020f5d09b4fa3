"""Every sentence of the page, one TOML file for each language in `pages/`; a test reads them all.

Rules of the words: short sentences, no blame, nothing that the agent does not do. What stands in braces is
filled in by `document` and `rules`; a test knows every place. `reviewed` says whether a person who speaks the
language has read the words: where nobody has, the page says so itself.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from lamplighter_keywords.policy.device_policy import MediaMode

from lamplighter_agent.notice.facts import Area, Check, Checking, Counted, Place

_PAGES = Path(__file__).parent / "pages"
_T = TypeVar("_T", bound=Enum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. Tuples are paragraphs or list items, in order."""

    language: str
    direction: str
    name: str
    reviewed: bool
    skip: str
    title: str
    this_device: str
    state: Mapping[Checking, str]
    rests_until: str
    place_now: Mapping[Place, str]
    as_of: str
    for_technician: str
    unnamed: str
    why: tuple[str, ...]
    why_not_enrolled: tuple[str, ...]
    why_ended: tuple[str, ...]
    help_link: str
    checks_heading: str
    checks: Mapping[Check, str]
    looks_for: str
    no_lists: str
    licensed_heading: str
    licensed: str
    areas: Mapping[Area | None, str]
    themes: Mapping[str, str]
    never_heading: str
    never: tuple[str, ...]
    when_heading: str
    when: tuple[str, ...]
    staff_off: str
    staff_on: str
    days: tuple[str, ...]
    every_day: str
    days_between: str
    days_and: str
    window: str
    in_term: str
    hours: str
    place_heading: str
    place: tuple[str, ...]
    at_school: str
    away: str
    away_otherwise: str
    counts: Mapping[Counted, str]
    # Where the device does not do what the rule says, and where it does.
    media: Mapping[MediaMode, str]
    media_enforced: Mapping[MediaMode, str]
    media_scanned: str
    school_heading: str
    kept_days: str
    checked_on: str
    found_heading: str
    found: tuple[str, ...]
    readers_heading: str
    readers: tuple[str, ...]
    wrong_heading: str
    wrong: tuple[str, ...]
    talk_heading: str
    talk: tuple[str, ...]
    press: str
    nobody_reading: str
    contacts: tuple[tuple[str, str], ...]
    # Whom a child reaches by a link, by the key of `document.ADDRESSES`: who, and what is said beside it.
    links: Mapping[str, tuple[str, str]]
    pictures_heading: str
    pictures: tuple[str, ...]
    more_heading: str
    more: tuple[str, ...]
    adults_heading: str
    adults: tuple[str, ...]
    languages_heading: str
    not_reviewed: str
    foot: tuple[str, ...]


@cache
def known() -> tuple[str, ...]:
    """Return the languages there are pages in, by tag; English first."""
    names = (entry.name for entry in _PAGES.iterdir())
    tags = (name.removesuffix(".toml") for name in names if name.endswith(".toml"))
    return tuple(sorted(tags, key=lambda tag: (tag != "en", tag)))


def tag_of(language: str) -> str | None:
    """Return the tag of the page for a language tag or a locale such as cy_GB.UTF-8, where there is one."""
    tag = language.replace("_", "-").split(".")[0].split("-")[0].lower()
    return tag if tag in known() else None


def words_in(language: str) -> Words:
    """Return the words of a language tag or locale; English where there are none."""
    return _read(tag_of(language) or "en")


@cache
def _read(tag: str) -> Words:
    return parsed(tomllib.loads((_PAGES / f"{tag}.toml").read_text(encoding="utf-8")))


def parsed(tables: Mapping[str, Any]) -> Words:
    """Make the words of a file's tables; raises TypeError or KeyError for what is missing or unknown."""
    values = {key: _frozen(value) for key, value in tables.items()}
    areas = {
        None if name == "other" else Area[name.upper()]: said for name, said in values.pop("areas").items()
    }
    return Words(
        state=_by(Checking, values.pop("state")),
        place_now=_by(Place, values.pop("place_now")),
        checks=_by(Check, values.pop("checks")),
        counts=_by(Counted, values.pop("counts")),
        media=_by(MediaMode, values.pop("media")),
        media_enforced=_by(MediaMode, values.pop("media_enforced")),
        areas=areas,
        links={key: _frozen(one) for key, one in values.pop("links").items()},
        **values,
    )


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value


def _by(kind: type[_T], values: Mapping[str, str]) -> dict[_T, str]:
    return {kind[name.upper()]: words for name, words in values.items()}


ENGLISH: Final = words_in("en")
