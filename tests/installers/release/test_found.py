"""What a frozen folder contains, by what lies in it."""

import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from installers.closure import needed
from installers.release.found import Component, contents, needs, needs_of_fedora, of_wheel
from installers.release.licences import may_be_shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A program with three distributions, a library of the system's and one that nobody knows."""
    folder = tmp_path / "lamplighter-agent"
    for name in ("six.pyc", "rich/console.pyc", "lamplighter_agent/service.pyc", "json/decoder.pyc"):
        path = folder / "_internal" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    for name in ("libz.so.1", "libnobody.so.3", "libpython3.11.so.1.0"):
        (folder / "_internal" / name).write_bytes(name.encode())
    (folder / "lamplighter-agent").write_bytes(b"")
    return folder


def by_name(parts: list[Component]) -> dict[str, Component]:
    return {one.name: one for one in parts}


def test_what_lies_there_is_named_and_nothing_else(folder: Path) -> None:
    found = by_name(contents(folder))
    assert set(found) == {
        *("CPython", "PyInstaller bootloader", "six", "rich", "lamplighter-agent"),
        *("libz.so.1", "libnobody.so.3"),
    }


def test_a_distribution_has_version_address_licence_text_and_the_lock_s_hashes(folder: Path) -> None:
    six = by_name(contents(folder))["six"]
    assert six.version == metadata.version("six")
    assert six.purl == f"pkg:pypi/six@{six.version}"
    assert six.licence == "MIT"
    assert "Permission is hereby granted" in six.texts[0][1]
    assert six.hashes
    assert all(len(digest) == 64 for digest in six.hashes)


def test_a_library_that_nobody_knows_has_no_licence_and_so_cannot_pass(folder: Path) -> None:
    found = by_name(contents(folder))
    assert found["libnobody.so.3"].licence == ""
    assert found["libz.so.1"].licence == "Zlib"


@pytest.mark.parametrize("distribution", ["lamplighter-agent", "lamplighter-collector"])
def test_everything_that_is_really_needed_may_be_shipped_with_its_text(
    distribution: str, tmp_path: Path
) -> None:
    for name in needed(distribution):
        file = next(one for one in metadata.files(name) or [] if one.suffix in {".py", ".so"})
        (tmp_path / "_internal" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "_internal" / file).write_bytes(b"")
    found = by_name(contents(tmp_path))
    assert set(found) - {"CPython", "PyInstaller bootloader"} >= needed(distribution)
    for one in needed(distribution):
        assert may_be_shipped(found[one].licence), one
        assert found[one].texts, one


def test_what_a_package_needs_of_the_system_is_outside_it() -> None:
    found = needs("zenity | kdialog, libc6 (>= 2.36), dbus")
    assert [one.name for one in found] == ["dbus", "kdialog", "libc6", "zenity"]
    assert not any(one.bundled for one in found)
    fedora = needs_of_fedora("/bin/sh\nglibc >= 2.36\nrpmlib(PayloadIsXz) <= 5.2-1\n")
    assert [one.purl for one in fedora] == ["pkg:rpm/fedora/glibc"]


def test_a_wheel_of_ours_brings_no_library_and_says_what_it_needs(tmp_path: Path) -> None:
    made = tmp_path / "lamplighter_keywords-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as wheel:
        wheel.writestr("lamplighter_keywords/shipped/vocabulary.bin", b"words")
    name, parts = of_wheel(made)
    assert name == "lamplighter-keywords"
    assert {one.name for one in parts if one.bundled} == {name, "wordfreq's frequencies, as a filter"}
    assert {one.name for one in parts if not one.bundled} == needed(name)
