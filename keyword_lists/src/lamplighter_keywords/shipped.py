"""The lists that come with this package, and the benign knowledge beside them.

In a wheel they lie inside the package; in an editable checkout they are read from where editors change them.
"""

from functools import cache
from pathlib import Path

from lamplighter_keywords.authoring.loading import load_folder, load_themes
from lamplighter_keywords.bundles.compiled import compile_pack
from lamplighter_keywords.errors import ListsMissing
from lamplighter_keywords.knowledge import Knowledge, load_knowledge
from lamplighter_keywords.terms import KeywordPack, Theme

_PACKAGE = Path(__file__).resolve().parent


def shipped_folder() -> Path:
    """Folder that holds `lists/`, `knowledge/` and `themes.toml`."""
    inside, checkout = _PACKAGE / "shipped", _PACKAGE.parent.parent
    for folder in (inside, checkout):
        if (folder / "themes.toml").is_file() and (folder / "lists").is_dir():
            return folder
    raise ListsMissing(str(inside))


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
    """The shipped lists as a device gets them; made once in a process."""
    return compile_pack(load_shipped())
