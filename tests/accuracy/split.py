"""Take a file of new texts into the corpus: ``python -m tests.accuracy.split FILE NAME``.

Each line is checked; then two thirds go to ``open/NAME.tsv`` and a third to ``sealed/NAME.tsv.z``; both are
written anew. Texts that another name has already, in either part, are left out.
"""

import sys
import zlib
from pathlib import Path

from tests.accuracy.corpus import OPEN, SEALED, is_sealed, parse


def split(file: Path, name: str) -> str:
    """Take the texts in, and say how many went where."""
    text = file.read_text("utf-8")
    list(parse(text, file.name))
    lines = {_text(line): line for line in text.splitlines() if line.strip() and not line.startswith("#")}
    known = _known(besides=name)
    fresh = [line for key, line in lines.items() if key not in known]
    opened = [line for line in fresh if not is_sealed(line)]
    sealed = [line for line in fresh if is_sealed(line)]
    for folder in (OPEN, SEALED):
        folder.mkdir(exist_ok=True)
    (OPEN / f"{name}.tsv").write_text("\n".join([*opened, ""]), encoding="utf-8")
    (SEALED / f"{name}.tsv.z").write_bytes(zlib.compress("\n".join([*sealed, ""]).encode(), level=9))
    return f"{name}: {len(opened)} open, {len(sealed)} sealed, {len(lines) - len(fresh)} known already"


def _known(besides: str) -> set[str]:
    opened = [file.read_text("utf-8") for file in OPEN.glob("*.tsv") if file.name != f"{besides}.tsv"]
    sealed = [
        zlib.decompress(file.read_bytes()).decode()
        for file in SEALED.glob("*.tsv.z")
        if file.name != f"{besides}.tsv.z"
    ]
    return {_text(line) for text in (*opened, *sealed) for line in text.splitlines()}


def _text(line: str) -> str:
    return line.split("\t", 1)[0].strip()


if __name__ == "__main__":
    sys.stdout.write(split(Path(sys.argv[1]), sys.argv[2]) + "\n")
