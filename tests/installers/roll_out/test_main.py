"""The pictures of what a pupil will see are taken of the real thing, and those that are kept are shown."""

import asyncio
import re
import struct
from pathlib import Path

from installers.roll_out.__main__ import HERE, SIZE, taken

MOST_BYTES = 400_000


def test_the_notice_is_taken_as_it_stands_on_the_screen(tmp_path: Path) -> None:
    asyncio.run(taken(tmp_path, scenes=()))
    (picture,) = tmp_path.iterdir()
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert struct.unpack(">II", head[16:24]) == SIZE


def test_the_kept_ones_are_small_and_each_is_shown_with_words_for_who_does_not_see_it() -> None:
    kept = {path.name: path.stat().st_size for path in HERE.glob("*.png")}
    assert sum(kept.values()) < MOST_BYTES
    shown = re.findall(r"!\[(.{40,}?)\]\(([a-z]+\.png)\)", (HERE / "README.md").read_text(encoding="utf-8"))
    assert {name for _, name in shown} == set(kept) == {"notice.png", "help.png", "stick.png", "page.png"}
