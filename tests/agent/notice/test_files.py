"""The page on disk."""

import stat
from pathlib import Path

import pytest
from lamplighter_agent.notice.facts import Checking
from lamplighter_agent.notice.files import PageFiles

from tests.agent.notice.samples import FACTS, facts

pytestmark = pytest.mark.notice


def test_everybody_may_read_it_and_nobody_else_write(tmp_path: Path) -> None:
    files = PageFiles(folder=tmp_path)
    files.write(FACTS)
    for path in (files.page, files.text):
        assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert sorted(tmp_path.iterdir()) == [files.page, files.text]


def test_the_same_facts_are_not_written_again(tmp_path: Path) -> None:
    files = PageFiles(folder=tmp_path)
    files.write(FACTS)
    before = files.page.stat()
    files.write(FACTS)
    assert (files.page.stat().st_ino, files.page.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_other_facts_replace_it(tmp_path: Path) -> None:
    files = PageFiles(folder=tmp_path)
    files.write(FACTS)
    files.write(facts(checking=Checking.STOPPED))
    assert "Checking is off now" in files.page.read_text()
    assert "Checking is off now" in files.text.read_text()


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    files = PageFiles(folder=tmp_path)
    files.page.mkdir()
    with pytest.raises(OSError, match="director"):
        files.write(FACTS)
    assert list(tmp_path.iterdir()) == [files.page]
