"""The lists that come with this project, and the benign knowledge beside them.

In a checkout they are read from where editors change them. Installed, they lie in `lamplighter_lists` beside
this package, and the collector's wheel brings them: a device gets lists in its school's signed bundle only.

Reading all of them takes a second, so that `compiled.pack` beside them holds them compiled: 32 bytes that say
of what (`_fingerprint`), and the pack. `make setup` makes it; where it is missing or of something else, the
lists are read.
"""

import hashlib
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from pathlib import Path

from lamplighter_keywords.authoring.loading import load_folder, load_list, load_themes
from lamplighter_keywords.bundles.compiled import compile_pack, read_pack
from lamplighter_keywords.errors import ListsMissing
from lamplighter_keywords.knowledge import Knowledge, load_knowledge
from lamplighter_keywords.terms import KeywordPack, Theme

COMPILED = "compiled.pack"
_PACKAGE = Path(__file__).resolve().parent
_DIGEST_BYTES = 32


def shipped_folder() -> Path:
    """Folder that holds `lists/`, `knowledge/` and `themes.toml`; raise `ListsMissing` where none came."""
    checkout, installed = _PACKAGE.parent.parent, _PACKAGE.parent / "lamplighter_lists"
    for folder in (checkout, installed):
        if (folder / "themes.toml").is_file() and (folder / "lists").is_dir():
            return folder
    raise ListsMissing(installed.name)


def shipped_themes() -> dict[str, Theme]:
    return load_themes(shipped_folder() / "themes.toml")


def shipped_knowledge() -> Knowledge:
    return load_knowledge(shipped_folder() / "knowledge")


def load_shipped() -> KeywordPack:
    """Read every shipped list; the first fault in one of them is raised."""
    folder = shipped_folder()
    return load_folder(folder / "lists", load_themes(folder / "themes.toml"), shipped_knowledge())


@cache
def compiled_shipped() -> bytes:
    """The shipped lists as a device gets them; read or made once in a process."""
    folder = shipped_folder()
    try:
        made = (folder / COMPILED).read_bytes()
    except OSError:
        made = b""
    if made[:_DIGEST_BYTES] == _fingerprint(folder):
        return made[_DIGEST_BYTES:]
    return compile_pack(load_shipped())


def load_compiled() -> KeywordPack:
    """Read the shipped lists as a device has them, without notes and tests: a tenth of a second's work."""
    return read_pack(compiled_shipped())


def with_examples(pack: KeywordPack, terms: Collection[str]) -> KeywordPack:
    """Give some terms of a compiled pack the examples that they have in the shipped lists.

    What is not among those stays as it is.
    """
    folder = shipped_folder() / "lists"
    lists = []
    for one in pack.lists:
        asked = any(term.id in terms for term in one.terms)
        file = next(folder.rglob(f"{one.id}.toml"), None) if asked else None
        tests = {term.id: term.tests for term in load_list(file).terms} if file else {}
        found = tuple(replace(term, tests=tests.get(term.id, term.tests)) for term in one.terms)
        lists.append(replace(one, terms=found) if tests else one)
    return replace(pack, lists=tuple(lists))


def ready_made() -> bytes:
    """What `compiled.pack` is to hold; raise as `load_shipped`."""
    return _fingerprint(shipped_folder()) + compile_pack(load_shipped())


def _fingerprint(folder: Path) -> bytes:
    """Digest the lists, and this package, which may come to compile them otherwise."""
    digest = hashlib.sha256()
    for root, ending in ((folder / "lists", "toml"), (folder / "knowledge", "toml"), (_PACKAGE, "py")):
        for path in sorted(root.rglob(f"*.{ending}")):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    digest.update((folder / "themes.toml").read_bytes())
    return digest.digest()
