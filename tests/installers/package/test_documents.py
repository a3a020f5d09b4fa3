"""The papers in a package."""

import gzip
from pathlib import Path

import pytest

from installers.closure import needed
from installers.package import documents


def test_the_copyright_names_everything_that_is_bundled_with_its_licence() -> None:
    text = documents.copyright_of("lamplighter-agent")
    for name in needed("lamplighter-agent"):
        (line,) = [one for one in text.splitlines() if one.lower().replace("_", "-").startswith(f" {name} ")]
        assert len(line.partition(":")[2].strip()) > len("."), line
    assert "EUPL-1.2" in text


def test_what_is_dated_can_be_built_again_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    assert documents.changelog("x", "1.0") == documents.changelog("x", "1.0")
    assert "x (1.0) stable" in documents.changelog("x", "1.0")
    source = tmp_path / "x.8"
    source.write_text('.TH X 8 "@DATE@" "@VERSION@"\n', encoding="utf-8")
    assert gzip.decompress(documents.page(source, "1.0")).decode() == '.TH X 8 "2026-11-18" "1.0"\n'
