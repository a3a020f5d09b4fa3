"""The words of the dialogs and of the strip, one TOML file for each language; a test reads them all.

`reviewed` says whether a person who speaks the language has read the words: `status` and the README tell it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ENGLISH = "en"
UNNAMED = "your school"
# Of what the notice says. A higher one has everybody asked again; a better translation does not need it.
VERSION = "2"
AGES = ("pictures", "7-11", "11-18", "adult")
# Beside us, and not asked for by `importlib.resources`: that loads what reads archives, in the helper too.
_FOLDER = Path(__file__).parent / "languages"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpWords:
    """What the button "I need help" asks and says."""

    title: str
    ask: str
    yes: str
    no: str
    told: str
    unreachable: str
    # Beside it: that another person is using the device, and what comes of saying so.
    other: str
    other_told: str
    close: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWords:
    """The notice at sign-in; `ages` has one text for each of `AGES`."""

    title: str
    agree: str
    decline: str
    more: str
    ages: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StripTexts:
    """What the strip says; `help.title` stands on its button.

    `at`, `on_day` and `on_date` say a moment as `rests` needs it; `days` begin with Monday.
    """

    on: str
    on_short: str
    unnamed: str
    off: str
    off_short: str
    rests: str
    rests_short: str
    link: str
    at: str
    on_day: str
    on_date: str
    days: tuple[str, ...]
    months: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaWords:
    """What is said of a stick, card or phone that was put in. {device} is what it calls itself."""

    title: str
    checking: str
    ready: str
    ready_to_read: str
    locked: str
    no_permission: str
    expired: str
    not_yet: str
    suspended: str
    memory_lost: str
    no_serial: str
    serial_twice: str
    not_a_drive: str
    no_files: str
    not_encrypted: str
    # Why it could not be checked, as `media/faults.py` tells it apart; the last for all that is none of them.
    locked_file: str
    too_much: str
    file_system: str
    not_ejected: str
    damaged: str
    no_ordinary_file: str
    odd_name: str
    scanner_broken: str
    not_checked: str
    taken_out: str
    # What lets people use it does not answer; nothing is known to be wrong with it.
    not_now: str
    infected: str
    deceptive: str
    ask: str
    ask_why: str
    # Whether it is to be written to, and the two answers.
    ask_write: str
    write_too: str
    read_only: str
    asked: str
    # What somebody asked for was refused.
    refused: str
    unreachable: str
    code: str
    # {serial} is its serial number, which the technician needs.
    code_how: str
    code_enter: str
    # With {serial}, too: it stands above the line that is typed.
    code_serial: str
    code_ok: str
    # What was typed is no code, and is no try.
    code_digits: str
    code_wrong: str
    code_no_more: str
    close: str
    # By the slugs of `media/telling.py`.
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One file."""

    language: str
    direction: str
    reviewed: bool
    notice: NoticeWords
    help: HelpWords
    strip: StripTexts
    media: MediaWords


def known() -> tuple[str, ...]:
    """Return the languages there are words in, by tag."""
    return tuple(sorted(name.removesuffix(".toml") for name in _names() if name.endswith(".toml")))


def language_of(tag: str | None) -> Language:
    """Return the words for a language tag or a locale such as cy_GB.UTF-8; English where there are none."""
    wanted = (tag or ENGLISH).replace("_", "-").split(".")[0].split("-")[0].lower()
    return _read(wanted if wanted in known() else ENGLISH)


def filled(sentence: str, organisation: str) -> str:
    """Put the school's name in; on one line, whatever it holds."""
    name = "".join(char for char in " ".join(organisation.split()) if char.isprintable())
    return sentence.replace("{organisation}", name or UNNAMED)


def moment_in(texts: StripTexts, moment: str) -> str:
    """Return a moment of the policy (18:00, Monday 07:00, 2 September 07:00) in a language; else as it is."""
    english = _read(ENGLISH).strip
    match moment.split():
        case [time]:
            return texts.at.replace("{time}", time)
        case [weekday, time] if weekday in english.days:
            named = texts.days[english.days.index(weekday)]
            return texts.on_day.replace("{weekday}", named).replace("{time}", time)
        case [day, month, time] if month in english.months:
            named = texts.months[english.months.index(month)]
            said = texts.on_date.replace("{day}", day).replace("{month}", named)
            return said.replace("{time}", time)
        case _:
            return moment


@cache
def _read(tag: str) -> Language:
    import tomllib  # noqa: PLC0415 - the helper, which has no other TOML file, needs it only here

    return parsed(tomllib.loads((_FOLDER / f"{tag}.toml").read_text(encoding="utf-8")))


def parsed(tables: Mapping[str, Any]) -> Language:
    """Make a language of a file's tables; raises TypeError for a key that is missing or unknown."""
    values = dict(tables)
    notice, help_ = NoticeWords(**values.pop("notice")), HelpWords(**values.pop("help"))
    strip = dict(values.pop("strip"))
    days, months = tuple(strip.pop("days")), tuple(strip.pop("months"))
    texts = StripTexts(days=days, months=months, **strip)
    media = MediaWords(**values.pop("media"))
    return Language(notice=notice, help=help_, strip=texts, media=media, **values)


def _names() -> list[str]:
    return [entry.name for entry in _FOLDER.iterdir()]
