"""The lists as one part of a bundle: their files, packed to bytes and read back without touching a disk.

A pack is zlib over the canonical JSON of {path: text}, with the paths `themes.toml`, `lists/<path>.toml` and
`knowledge/<name>.toml` as they lie beside each other in `keyword_lists/`. What comes out of `pack_from_files`
is what `load_shipped` gives for the same files.
"""

import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from lamplighter_keywords.authoring.loading import list_files, parse_list, parse_themes
from lamplighter_keywords.bundles.envelope import canonical, parse_canonical
from lamplighter_keywords.errors import BundleMalformed, KeywordsError, ListsMissing
from lamplighter_keywords.knowledge import knowledge_files, parse_knowledge
from lamplighter_keywords.terms import KeywordPack

THEMES = "themes.toml"
LISTS = "lists/"
KNOWLEDGE = "knowledge/"
PACKED_BYTES = 4 << 20
UNPACKED_BYTES = 32 << 20
MOST_FILES = 1_000
_LONGEST_PATH = 200
_WHAT = "keywords"


def files_from(lists: Path, themes: Path, knowledge: Path | None = None) -> dict[str, bytes]:
    """Read a folder of lists, the table of themes and the folder of benign knowledge.

    Raises `ListsMissing` where one of them is not there. Without `knowledge` the pack has none.
    """
    found = list_files(lists)
    if not found:
        raise ListsMissing(str(lists))
    try:
        files = {LISTS + path.relative_to(lists).as_posix(): path.read_bytes() for path in found}
        files[THEMES] = themes.read_bytes()
    except OSError as error:
        raise ListsMissing(str(lists)) from error
    if knowledge:
        files |= {KNOWLEDGE + name: content for name, content in knowledge_files(knowledge).items()}
    return files


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """Pack files, the same files to the same bytes; raise `BundleMalformed` for what can't be packed.

    Whether they are lists is `pack_from_files` to say.
    """
    try:
        texts = {path: content.decode() for path, content in files.items()}
    except UnicodeDecodeError as error:
        raise BundleMalformed(f"{_WHAT}: not UTF-8") from error
    plain = canonical(texts)
    packed = zlib.compress(plain, level=9)
    if len(plain) > UNPACKED_BYTES or len(packed) > PACKED_BYTES:
        raise BundleMalformed(f"{_WHAT}: too large")
    return packed


def unpack_files(packed: bytes) -> dict[str, bytes]:
    """Unpack, never into more than `UNPACKED_BYTES`; raise `BundleMalformed`."""
    if len(packed) > PACKED_BYTES:
        raise BundleMalformed(f"{_WHAT}: too large")
    inflating = zlib.decompressobj()
    try:
        plain = inflating.decompress(packed, UNPACKED_BYTES)
    except zlib.error as error:
        raise BundleMalformed(f"{_WHAT}: damaged") from error
    if not inflating.eof or inflating.unused_data:
        raise BundleMalformed(f"{_WHAT}: damaged or too large")
    texts = parse_canonical(plain, _WHAT)
    if not all(isinstance(text, str) for text in texts.values()):
        raise BundleMalformed(_WHAT)
    return {path: text.encode() for path, text in texts.items()}


def pack_from_files(files: Mapping[str, bytes]) -> KeywordPack:
    """Read every list, in the order of their paths; raise `BundleMalformed` that names the fault."""
    names = sorted(PurePosixPath(path) for path in files if path.startswith(LISTS))
    if THEMES not in files or not names or len(files) > MOST_FILES:
        raise BundleMalformed(f"{_WHAT}: no lists, or no themes")
    for path in files.keys() - {THEMES}:
        _check_path(path)
    try:
        themes = parse_themes(files[THEMES], THEMES)
        lists = tuple(
            parse_list(files[str(name)], str(name.relative_to(PurePosixPath(LISTS)))) for name in names
        )
        known = {path.removeprefix(KNOWLEDGE): files[path] for path in files if path.startswith(KNOWLEDGE)}
        knowledge = parse_knowledge(known)
    except KeywordsError as error:
        raise BundleMalformed(f"{_WHAT}: {error}") from error
    return KeywordPack(lists=lists, themes=themes, knowledge=knowledge)


def _check_path(path: str) -> None:
    pure = PurePosixPath(path)
    plain = str(pure) == path and ".." not in pure.parts and path.isprintable()
    if not (
        plain
        and path.startswith((LISTS, KNOWLEDGE))
        and path.endswith(".toml")
        and len(path) <= _LONGEST_PATH
    ):
        raise BundleMalformed(f"{_WHAT}: a path that is none of a list")
