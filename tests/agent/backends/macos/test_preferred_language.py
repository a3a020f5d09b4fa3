"""One preference of a person's, and a file of theirs that is anything but that."""

import os
import plistlib
from pathlib import Path

import pytest
from lamplighter_agent.backends.macos.preferred_language import FILE, preferred_language


def written(home: Path, content: bytes) -> Path:
    path = home / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def asked(home: Path) -> str:
    return preferred_language(str(home), os.getuid())


@pytest.mark.parametrize("form", [plistlib.FMT_XML, plistlib.FMT_BINARY])
def test_the_first_language_is_theirs(tmp_path: Path, form: plistlib.PlistFormat) -> None:
    content = {"AppleLanguages": ["cy-GB", "en-GB"], "Other": {"a": 1}}
    written(tmp_path, plistlib.dumps(content, fmt=form))
    assert asked(tmp_path) == "cy-GB"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"bplist00" + b"\xff" * 40,
        b"<plist><dict>",
        plistlib.dumps([]),
        plistlib.dumps({}),
        plistlib.dumps({"AppleLanguages": "cy"}),
        plistlib.dumps({"AppleLanguages": []}),
        plistlib.dumps({"AppleLanguages": [7]}),
        plistlib.dumps({"AppleLanguages": ["cy\nGB"]}),
        plistlib.dumps({"AppleLanguages": ["x" * 2_000_000]}),
    ],
)
def test_what_is_no_preference_is_no_language(tmp_path: Path, content: bytes) -> None:
    written(tmp_path, content)
    assert asked(tmp_path) == ""


def test_nothing_but_a_file_of_their_own_is_read(tmp_path: Path) -> None:
    assert asked(tmp_path) == ""
    path = written(tmp_path, plistlib.dumps({"AppleLanguages": ["cy"]}))
    assert preferred_language(str(tmp_path), os.getuid() + 1) == ""
    elsewhere = path.rename(path.with_name("elsewhere"))
    path.symlink_to(elsewhere)
    assert asked(tmp_path) == ""
    path.unlink()
    # One that nobody writes to would never be read to its end.
    os.mkfifo(path)
    assert asked(tmp_path) == ""
    assert preferred_language("/nowhere\x00", 0) == ""
