"""The papers in a package."""

import gzip
from pathlib import Path

import pytest

from installers.package import documents
from installers.release.found import Component


def test_the_copyright_names_everything_that_is_bundled_with_its_licence() -> None:
    parts = [
        Component(name="six", version="1.17", licence="MIT"),
        Component(name="libz.so.1", licence="Zlib"),
        Component(name="dbus", licence="", bundled=False),
    ]
    text = documents.copyright_of("lamplighter-agent", parts)
    assert " six 1.17: MIT.\n libz.so.1: Zlib.\n\nLicense: EUPL-1.2" in text
    assert "dbus" not in text
    assert "/usr/share/doc/lamplighter-agent/bundled.md.gz" in text


def test_what_is_dated_can_be_built_again_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    assert documents.changelog("x", "1.0") == documents.changelog("x", "1.0")
    assert "x (1.0) stable" in documents.changelog("x", "1.0")
    source = tmp_path / "x.8"
    source.write_text('.TH X 8 "@DATE@" "@VERSION@"\n', encoding="utf-8")
    assert gzip.decompress(documents.page(source, "1.0")).decode() == '.TH X 8 "2026-11-18" "1.0"\n'
