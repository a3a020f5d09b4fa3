"""The page on disk: the service writes it, everybody may read it. HTML, and plain text beside it."""

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lamplighter_agent.notice.facts import PageFacts
from lamplighter_agent.notice.page import render
from lamplighter_agent.notice.text import render_text

_NAME = "what-this-device-checks"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFiles:
    """Both files, in a folder that only the service may write to."""

    folder: Path

    @property
    def page(self) -> Path:
        return self.folder / f"{_NAME}.html"

    @property
    def text(self) -> Path:
        return self.folder / f"{_NAME}.txt"

    def write(self, facts: PageFacts) -> None:
        """Make both say what is true now; a reader sees the old or the new page, never half of one."""
        for path, content in ((self.page, render(facts)), (self.text, render_text(facts))):
            _replace(path, content.encode())


def _replace(path: Path, content: bytes) -> None:
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
