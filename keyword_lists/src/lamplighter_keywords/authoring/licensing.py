"""Reads the file of a licensed list, once: one term a line, and nothing of it is kept but digests.

Blank lines and lines that begin with `#` say nothing. Every fault is told by its line, never by its words,
and nothing is taken where there is one. Pure: bytes in, a list out.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lamplighter_keywords.authoring.everyday_words import EVERYDAY, IDENTITY
from lamplighter_keywords.bundles.licensed import (
    HIGHEST_SEVERITY,
    KEY_BYTES,
    LONGEST_PROVIDER,
    LOWEST_SEVERITY,
    MOST_ENTRIES,
    MOST_WORDS,
    SHORTEST,
    LicensedList,
    digest_of,
    first_digest_of,
    fold_mark,
    is_list_id,
)
from lamplighter_keywords.errors import LicensedMalformed
from lamplighter_keywords.reading.normalise import fold_bytes

LARGEST_FILE: Final = 8 << 20
LONGEST_LINE: Final = 200
_COLUMNS: Final = frozenset("\t,;|")
_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """What is said of a list, beside its terms. Times are milliseconds since 1970, UTC."""

    list_id: str
    provider: str
    theme: str
    severity: int
    expires: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    line: int
    words: bytes


def licensed_from(raw: bytes, licence: Licence, *, now: int) -> LicensedList:
    """Digest one term a line under a new key.

    Raises `LicensedMalformed` with every fault and its line, never with its text.
    """
    _check(licence, now)
    key = secrets.token_bytes(KEY_BYTES)
    entries = _entries(raw)
    return LicensedList(
        id=licence.list_id,
        provider=licence.provider,
        theme=licence.theme,
        severity=licence.severity,
        imported=now,
        expires=licence.expires,
        longest=max(one.words.count(b" ") + 1 for one in entries),
        fold=fold_mark(),
        key=key,
        entries={digest_of(one.words, key): number for number, one in enumerate(entries, start=1)},
        firsts=frozenset(first_digest_of(one.words.partition(b" ")[0], key) for one in entries),
    )


def _check(licence: Licence, now: int) -> None:
    faults = []
    if not is_list_id(licence.list_id):
        faults.append((0, "an id has lower case letters, digits and hyphens, at most 48"))
    if not (0 < len(licence.provider) <= LONGEST_PROVIDER and licence.provider.isprintable()):
        faults.append((0, f"a provider has a name of at most {LONGEST_PROVIDER} characters"))
    if not LOWEST_SEVERITY <= licence.severity <= HIGHEST_SEVERITY:
        faults.append((0, f"a severity is {LOWEST_SEVERITY} to {HIGHEST_SEVERITY}"))
    if licence.expires <= now:
        faults.append((0, "the licence is over: ask the provider for a new one"))
    if faults:
        raise LicensedMalformed(faults)


def _entries(raw: bytes) -> list[_Entry]:
    if len(raw) > LARGEST_FILE:
        raise LicensedMalformed([(0, f"a file has at most {LARGEST_FILE >> 20} MB")])
    entries: list[_Entry] = []
    faults: list[tuple[int, str]] = []
    lines: dict[bytes, int] = {}
    for number, line in enumerate(raw.removeprefix(_MARK).splitlines(), start=1):
        text, problem = _decoded(line)
        if not problem and (not text.strip() or text.startswith("#")):
            continue
        words = fold_bytes(text)
        problem = problem or next(_problems(text, words), "")
        if not problem and words in lines:
            problem = f"the same as line {lines[words]}"
        if problem:
            faults.append((number, problem))
        else:
            lines[words] = number
            entries.append(_Entry(line=number, words=words))
    if not faults and not entries:
        faults.append((0, "there is no term in it"))
    if len(entries) > MOST_ENTRIES:
        faults.append((entries[MOST_ENTRIES].line, f"more than {MOST_ENTRIES} terms"))
    if faults:
        raise LicensedMalformed(faults)
    return entries


def _decoded(line: bytes) -> tuple[str, str]:
    """Give the text of a line, or what is wrong with it."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return "", "not UTF-8: save the file as UTF-8 text"
    if len(text) > LONGEST_LINE:
        return "", f"more than {LONGEST_LINE} characters"
    return text, ""


def _problems(text: str, words: bytes) -> Iterator[str]:
    if not _COLUMNS.isdisjoint(text.strip()):
        yield "columns: one term a line, without tabs, commas, semicolons and bars"
    if not text.strip().isprintable():
        yield "a control character"
    if len(words.decode()) < SHORTEST:
        yield f"a term has at least {SHORTEST} letters or digits"
    if words.count(b" ") >= MOST_WORDS:
        yield f"a term has at most {MOST_WORDS} words"
    # A list that nobody may read can't be reviewed either: it must not flood a school.
    if words.decode() in EVERYDAY | IDENTITY:
        yield "an everyday word, or a word about who somebody is, says nothing by itself"
