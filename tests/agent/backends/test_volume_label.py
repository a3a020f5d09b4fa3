"""A volume's name: shown as far as it can be, and known where it would show as something else."""

import subprocess
from pathlib import Path

import pytest
from lamplighter_agent.backends.volume_label import from_udev, is_odd, printable


@pytest.mark.parametrize(
    ("encoded", "label"),
    [
        ("HOLIDAY", "HOLIDAY"),
        ("My\\x20stick\\x5c2", "My stick\\2"),
        ("a\\x1b\\x5b31mX\\x0ab", "a\x1b[31mX\nb"),
        ("\\xc3\\x9cbung", "Übung"),
        ("zdjęcia", "zdjęcia"),
        # Of a code page that nobody names.
        ("\\x9aben", "\ufffdben"),
        ("\\x", "\\x"),
        ("", ""),
    ],
)
def test_what_udev_wrote_otherwise_is_what_it_was(encoded: str, label: str) -> None:
    assert from_udev(encoded) == label


@pytest.mark.parametrize(
    ("label", "odd"),
    [
        ("a\x1b[31mX", True),
        ("a\nb", True),
        ("essay\u202efdp", True),
        ("My stick\\2", False),
        ("\u0632 2", False),
    ],
)
def test_it_is_read_as_the_library_that_udev_asks_writes_it(tmp_path: Path, label: str, *, odd: bool) -> None:
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(2 << 20)
    subprocess.run(["/sbin/mkfs.ext4", "-q", "-F", "-L", label, str(image)], check=True)
    asked = ["/sbin/blkid", "-p", "-o", "udev", str(image)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    said = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    read = from_udev(said["ID_FS_LABEL_ENC"])
    assert (read, is_odd(read)) == (label, odd)


@pytest.mark.fault
@pytest.mark.parametrize(
    "label",
    ["\x1b[31mX", "one\ntwo", "a\rb", "tab\tbed", "nul\0", "\x7f", "\x9b31m", "a\u2028b", "a\u2029b"]
    + [f"essay{turn}fdp.exe" for turn in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"],
)
def test_what_would_show_as_something_else_is_odd(label: str) -> None:
    assert is_odd(label)
    assert printable(label).isprintable()


@pytest.mark.parametrize(
    "label",
    [
        "",
        "HOLIDAY",
        "Wren's stick (2)",
        "zdjęcia",
        "نسخة",
        "گھر\u200cکا",
        "עבודה\u200f 2",
        "写真",
        "🎒",
        "\ufffd",
        "_",
    ],
)
def test_a_name_in_any_script_is_plain(label: str) -> None:
    assert not is_odd(label)


def test_what_is_shown_is_short() -> None:
    assert printable(" " + "long" * 100) == ("long" * 16)[:63]
