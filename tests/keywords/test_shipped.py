"""What comes with the package."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from lamplighter_keywords import shipped
from lamplighter_keywords.bundles.compiled import for_devices, read_pack
from lamplighter_keywords.shipped import (
    compiled_shipped,
    load_shipped,
    shipped_folder,
    shipped_themes,
    with_examples,
)

from tests.support.sources import ROOT

SLUGS = """
suicide self-harm eating-disorder grooming criminal-exploitation nudes pornography csam
harmful-sexual-behaviour misogyny bullying hate radicalisation terrorism violence weapons drugs gambling
scams cyber-misuse personal-data impersonation ai-companion abuse-disclosure help-seeking low-mood missing
profanity unapproved-media malware-media unscanned-media deceptive-device tamper
"""
CORE = """
suicide self-harm grooming nudes csam radicalisation terrorism abuse-disclosure help-seeking malware-media
deceptive-device tamper
"""
WITHOUT_AREA = {"unapproved-media", "malware-media", "unscanned-media", "deceptive-device", "tamper"}


def test_every_theme_is_there() -> None:
    themes = shipped_themes()
    assert set(themes) == set(SLUGS.split())
    assert {slug for slug, theme in themes.items() if theme.core} == set(CORE.split())
    assert {slug for slug, theme in themes.items() if theme.risk_area is None} == WITHOUT_AREA


def test_every_theme_can_be_shown_and_acted_on() -> None:
    for theme in shipped_themes().values():
        assert len(theme.code) == 3
        assert theme.code.isupper()
        assert theme.definition.endswith(".")
        assert 2 <= len(theme.first_steps) <= 6
        digits = {word for step in theme.first_steps for word in step.split() if any(map(str.isdigit, word))}
        assert {word.strip(".,;") for word in digits} <= {"999"}, "no telephone numbers but 999"


def test_the_shipped_lists_speak_of_known_themes() -> None:
    pack = load_shipped()
    assert pack.lists
    for keyword_list in pack.lists:
        assert pack.theme(keyword_list.theme).slug == keyword_list.theme


def test_the_folder_holds_both() -> None:
    assert (shipped_folder() / "themes.toml").is_file()


def wheel_of(part: str, folder: Path) -> list[str]:
    """Unpack a freshly built wheel; give the names in it."""
    out = folder / "wheels" / part
    build = ["build", "--wheel", "--no-build-isolation", "--quiet", "--out-dir", str(out)]
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, *build, "--python", sys.executable, ROOT / part], check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "inside")
        return archive.namelist()


def asked(folder: Path, ask: str) -> list[str]:
    # Without -P, the folder it runs in would come first; -c puts it there.
    done = subprocess.run([sys.executable, "-c", ask], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.split()


def test_the_collector_s_wheel_brings_the_lists_and_the_keywords_read_them(tmp_path: Path) -> None:
    names = wheel_of("keyword_lists", tmp_path)
    # Not on a device, which has this wheel, too.
    assert not [name for name in names if name.endswith((".toml", ".pack"))]
    inside = tmp_path / "inside"
    missing = """
from lamplighter_keywords.errors import ListsMissing
from lamplighter_keywords.shipped import shipped_folder
try:
    shipped_folder()
except ListsMissing as error:
    print(error.folder)
"""
    assert asked(inside, missing) == ["lamplighter_lists"]
    wheel_of("collector", tmp_path)
    found = """
from lamplighter_keywords.shipped import compiled_shipped, load_shipped, shipped_folder
print(len(load_shipped().lists), len(compiled_shipped()), shipped_folder())
"""
    count, size, folder = asked(inside, found)
    assert int(count) == len(load_shipped().lists)
    assert int(size) == len(compiled_shipped())
    assert Path(folder) == (inside / "lamplighter_lists").resolve()


def test_what_was_compiled_before_is_used_until_a_list_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "lists"
    (folder / "lists").mkdir(parents=True)
    # Some short ones: they are compiled twice.
    for path in (shipped_folder() / "lists/contact").glob("*.cy.toml"):
        shutil.copy(path, folder / "lists")
    for name in ("knowledge", "themes.toml"):
        (folder / name).symlink_to(shipped_folder() / name)
    monkeypatch.setattr(shipped, "shipped_folder", lambda: folder)
    (folder / shipped.COMPILED).write_bytes(shipped.ready_made()[:32] + b"made before")
    # What a process remembers is not asked.
    compiled = compiled_shipped.__wrapped__
    assert compiled() == b"made before"
    next((folder / "lists").iterdir()).unlink()
    assert read_pack(compiled()) == for_devices(load_shipped())
    (folder / shipped.COMPILED).unlink()
    assert read_pack(compiled()) == for_devices(load_shipped())


def test_a_compiled_term_is_given_the_examples_of_its_list() -> None:
    pack = with_examples(read_pack(compiled_shipped()), {"ga-0001", "no-such"})
    told = {term.id: term.tests.hit for one in pack.lists for term in one.terms if term.tests.hit}
    assert told["ga-0001"]
    assert {one.partition("-")[0] for one in told} == {"ga"}
