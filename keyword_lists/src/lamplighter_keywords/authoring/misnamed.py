"""Files that an editor thinks are read, and are not: their names end wrongly, or they lie in the wrong place.

A file that nobody reads says nothing when it is checked, so that its words seem to be watched for. What is
hidden, and what an editor leaves behind (`x.toml~`), is nobody's list.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

LISTS = "lists"
OVERRIDES = "overrides.toml"
_ENDING = ".toml"
_BESIDE = (
    f"this file is not read: move a list into the folder {LISTS}; changes of the supplied lists stand "
    f"in {OVERRIDES}"
)
# What may lie beside lists and is never one.
_OTHERS = frozenset({".csv", ".md", ".bak"})


def misnamed_lists(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give each file below a folder of lists that is not read, and what to do."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix != _ENDING and not _is_nobodys(file):
            yield file, f"this file is not read: the name of a list ends in {_ENDING}; rename it"


def misplaced(school: Path) -> Iterator[tuple[Path, str]]:
    """Give each file and folder beside a school's `lists/` that is not read, and what to do."""
    for path in sorted(school.iterdir()) if school.is_dir() else ():
        if path.name in {LISTS, OVERRIDES} or _is_nobodys(path):
            continue
        if path.is_dir() and any(path.rglob(f"*{_ENDING}*")):
            yield path, f"the lists in this folder are not read: move them into the folder {LISTS}"
        elif path.is_file() and _meant_as(path.name, OVERRIDES):
            yield path, f"this file is not read: it must be called {OVERRIDES}; rename it"
        elif path.is_file() and _ENDING in path.name.casefold():
            yield path, _BESIDE


def _is_nobodys(path: Path) -> bool:
    return path.name.startswith(".") or path.name.endswith("~") or path.suffix in _OTHERS


def _meant_as(name: str, wanted: str) -> bool:
    stem = name.casefold().partition(".")[0]
    return bool(get_close_matches(stem, [wanted.partition(".")[0]], n=1, cutoff=0.8))
