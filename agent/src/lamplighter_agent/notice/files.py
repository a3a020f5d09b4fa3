"""The page on disk: the service writes it, everybody may read it. HTML, and plain text beside it.

One pair in the device's own language under the plain name, and one in each language there is, which the pages
link to and which opens for a session of that language.
"""

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from lamplighter_agent.files import replace_whole
from lamplighter_agent.notice.facts import PageFacts
from lamplighter_agent.notice.page import NAME, file_name, render
from lamplighter_agent.notice.text import render_text
from lamplighter_agent.notice.words import known, tag_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFiles:
    """Both files, in a folder that only the service may write to."""

    folder: Path

    @property
    def page(self) -> Path:
        return self.folder / f"{NAME}.html"

    @property
    def text(self) -> Path:
        return self.folder / f"{NAME}.txt"

    def for_language(self, language: str) -> tuple[Path, Path]:
        """Return page and text in a session's language; the device's own where there is none."""
        tag = tag_of(language)
        if tag is None:
            return self.page, self.text
        page = self.folder / file_name(tag)
        return page, page.with_suffix(".txt")

    def write(self, facts: PageFacts) -> None:
        """Make all say what is true now; a reader sees the old or the new page, never half of one."""
        self._write(facts, self.page, self.text)
        for tag in known():
            self._write(replace(facts, language=tag), *self.for_language(tag))

    def _write(self, facts: PageFacts, page: Path, text: Path) -> None:
        for path, content in ((page, render(facts)), (text, render_text(facts))):
            _replace(path, content.encode())


def _replace(path: Path, content: bytes) -> None:
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return
    replace_whole(path, content, public=True, durable=False)
