"""The lists as one part of a bundle: what a matcher needs, and nothing that was written for editors.

A compiled pack is xz over lines of canonical JSON, the first ::

    {"format": 3, "wording": 1, "themes": {slug: {...}}, "knowledge": {...},
     "words": {"spoken": "all the words", "others": "...", "keeps_fillers": true, "runs": "a run,another"}}

and one for each list, so that what reading one took is free for the next ::

    {"id": "self-harm.en", "theme": "self-harm", "language": "en", "version": "2026.11.1",
     "speaker_reviewed": true, "terms": [{"id": "sh-0101", "text": "...", "match": "phrase",
                                          "severity": 4, "anchors": [[0]], ...}]}

with the field names of `terms.py`; what has its default is left out. Texts are kept as they were written, one
on a line, since their spellings are fourteen times as many and a device needs few of them; which ones,
anchors tell it (`anchors`), which are chosen here, because choosing takes seconds. They hold for one way to
write texts out (`WORDING`): a device with another one chooses for itself. Notes, tests, change logs and where
a term stood in its file stay at the collector, which has the lists. The vocabulary comes with the package.
The same lists give the same bytes. What is read is bounded.
"""

import json
import lzma
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from lamplighter_keywords.anchors import WORDING, with_anchors
from lamplighter_keywords.bundles.compiled_reading import FORMAT, WHAT, pack_of
from lamplighter_keywords.bundles.envelope import canonical
from lamplighter_keywords.errors import BundleMalformed
from lamplighter_keywords.knowledge import Knowledge
from lamplighter_keywords.terms import (
    ALL_LANES,
    ALL_SCOPES,
    ALL_USER_KINDS,
    KEY_STAGES,
    NO_EXAMPLES,
    KeywordList,
    KeywordPack,
    Lanes,
    ListedWords,
    Lowers,
    Raises,
    Requires,
    Term,
    Theme,
)

PACKED_BYTES = 4 << 20
"""What a device receives in one message has room for it, beside roots, manifest and policy."""
UNPACKED_BYTES = 16 << 20
# Best for text; a window as wide as the lists are long.
_FILTERS = (
    {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 4 << 20, "lc": 4, "pb": 0},
)
# An escape that is no character; nothing that is one needs an escape.
_HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
# What unpacking may take beside the text itself.
_MEMORY = 16 << 20


def for_devices(pack: KeywordPack) -> KeywordPack:
    """Give the pack as a device has it: without what only editors need."""
    return replace(pack, lists=tuple(map(_bare_list, pack.lists)))


def compile_pack(pack: KeywordPack) -> bytes:
    """Write a pack, the same lists to the same bytes; raise `BundleMalformed` for one that is too large."""
    pack, words = with_anchors(pack)
    plain = b"\n".join(map(canonical, [_head(pack, words), *map(_list, pack.lists)]))
    if len(plain) <= UNPACKED_BYTES:
        packed = lzma.compress(plain, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=_FILTERS)
        if len(packed) <= PACKED_BYTES:
            return packed
    raise BundleMalformed(f"{WHAT}: too large")


def read_pack(packed: bytes) -> KeywordPack:
    """Read what `compile_pack` wrote, never more than `UNPACKED_BYTES`; raise `BundleMalformed`."""
    head, *lists = unpacked(packed).split(b"\n")
    return pack_of(_parsed(head), map(_parsed, lists))


def _parsed(line: bytes) -> object:
    if _HALF_A_PAIR.search(line):
        raise BundleMalformed(WHAT)
    try:
        # Whether it is canonical is not asked, which takes longer than to read it: a manifest has its sum.
        return json.loads(line.decode())
    except (ValueError, RecursionError) as error:
        raise BundleMalformed(WHAT) from error


def unpacked(packed: bytes) -> bytes:
    """Give the lines of a compiled pack; raise `BundleMalformed`."""
    if len(packed) > PACKED_BYTES:
        raise BundleMalformed(f"{WHAT}: too large")
    inflating = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MEMORY)
    try:
        plain = inflating.decompress(packed, UNPACKED_BYTES)
    except lzma.LZMAError as error:
        raise BundleMalformed(f"{WHAT}: damaged") from error
    if not inflating.eof or inflating.unused_data:
        raise BundleMalformed(f"{WHAT}: damaged or too large")
    return plain


def _bare_list(one: KeywordList) -> KeywordList:
    return KeywordList(
        id=one.id,
        theme=one.theme,
        language=one.language,
        terms=tuple(map(_bare_term, one.terms)),
        file="",
        version=one.version,
        speaker_reviewed=one.speaker_reviewed,
    )


def _bare_term(term: Term) -> Term:
    return replace(term, confidence=None, review="", note="", tests=NO_EXAMPLES, line=0)


def _head(pack: KeywordPack, words: ListedWords) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "wording": WORDING,
        "words": _words(words),
        "themes": {slug: _theme(theme) for slug, theme in pack.themes.items()},
        "knowledge": _knowledge(pack.knowledge),
    }


def _theme(theme: Theme) -> dict[str, Any]:
    return {
        "code": theme.code,
        "name": theme.name,
        "risk_area": theme.risk_area.value if theme.risk_area else "",
        "definition": theme.definition,
        "base_severity": theme.base_severity,
        "core": theme.core,
        "route": theme.route,
        "first_steps": theme.first_steps,
    }


def _words(words: ListedWords) -> dict[str, Any]:
    others = words.words - words.spoken
    return {
        "spoken": " ".join(sorted(words.spoken)),
        "others": " ".join(sorted(others)),
        "keeps_fillers": words.keeps_fillers,
        "runs": words.runs,
    }


def _knowledge(known: Knowledge) -> dict[str, Any]:
    return {
        "classes": known.classes,
        "spellings": known.spellings,
        "fillers": sorted(known.fillers),
        "cues": known.cues,
        "harmless": _lines(known.harmless),
        "works": _lines(known.works),
        "sites": {name: kind.value for name, kind in known.sites.items()},
    }


def _list(one: KeywordList) -> dict[str, Any]:
    return {
        "id": one.id,
        "theme": one.theme,
        "language": one.language,
        "version": one.version,
        "speaker_reviewed": one.speaker_reviewed,
        "terms": [_term(term) for term in one.terms],
    }


def _term(term: Term) -> dict[str, Any]:
    fields = {
        "anchors": ([list(group) for group in term.anchors], []),
        "standalone": (term.standalone, False),
        "sources": (sorted(one.value for one in term.sources), sorted(one.value for one in ALL_SCOPES)),
        "lanes": (_lanes(term.lanes), _lanes(ALL_LANES)),
        "exceptions": (_lines(term.exceptions), ""),
        "requires": (_requires(term.requires), None),
        "lowers": (_lowers(term.lowers), None),
        "raises": (_raises(term.raises), None),
        "key_stages": (sorted(term.key_stages), sorted(KEY_STAGES)),
        "user_kinds": (
            sorted(one.value for one in term.user_kinds),
            sorted(one.value for one in ALL_USER_KINDS),
        ),
    }
    always = {"id": term.id, "text": _lines(term.text), "match": term.match.value, "severity": term.severity}
    return always | {name: value for name, (value, usual) in fields.items() if value != usual}


def _lines(texts: Iterable[str]) -> str:
    # A break within a text parts words, as a blank does.
    return "\n".join(text.replace("\n", " ") for text in texts)


def _lanes(lanes: Lanes) -> Mapping[str, object]:
    return {
        "leet": lanes.leet,
        "repeat": lanes.repeat,
        "spaced": lanes.spaced,
        "joined": lanes.joined,
        "typo": lanes.typo,
    }


def _requires(requires: Requires | None) -> Mapping[str, object] | None:
    return {"any_of": requires.any_of, "within": requires.within} if requires else None


def _lowers(lowers: Lowers | None) -> Mapping[str, object] | None:
    return {"contexts": lowers.contexts, "to": lowers.to} if lowers else None


def _raises(raises: Raises | None) -> Mapping[str, object] | None:
    return {"contexts": raises.contexts, "by": raises.by} if raises else None
