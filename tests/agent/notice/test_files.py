"""The page on disk."""

import stat
from pathlib import Path

import pytest
from lamplighter_agent.notice.facts import Checking
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.words import known, words_in

from tests.agent.notice.samples import FACTS, facts

pytestmark = pytest.mark.notice


def test_everybody_may_read_it_and_nobody_else_write(tmp_path: Path) -> None:
    files = PageFiles(folder=tmp_path)
    files.write(FACTS)
    written = {files.page, files.text}.union(*(files.for_language(tag) for tag in known()))
    assert set(tmp_path.iterdir()) == written
    assert len(written) == 20
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o644}


def test_each_language_has_a_page_and_an_unknown_one_the_device_s(tmp_path: Path) -> None:
    files = PageFiles(folder=tmp_path)
    files.write(facts(language="cy"))
    assert 'lang="cy"' in files.page.read_text()
    page, text = files.for_language("ur_PK.UTF-8")
    assert '<html lang="ur" dir="rtl">' in page.read_text()
    assert text.read_text().startswith(words_in("ur").title)
    assert files.for_language("C.UTF-8") == (files.page, files.text)


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
