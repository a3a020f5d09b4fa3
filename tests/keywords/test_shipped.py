"""What comes with the package."""

import subprocess
import sys
import zipfile
from pathlib import Path

from lamplighter_keywords.shipped import load_shipped, shipped_folder, shipped_themes

from tests.support.sources import ROOT

SLUGS = """
suicide self-harm eating-disorder grooming criminal-exploitation nudes pornography csam
harmful-sexual-behaviour misogyny bullying hate radicalisation terrorism violence weapons drugs gambling
scams cyber-misuse personal-data impersonation ai-companion abuse-disclosure help-seeking low-mood missing
profanity unapproved-media malware-media deceptive-device tamper
"""
CORE = """
suicide self-harm grooming nudes csam radicalisation terrorism abuse-disclosure help-seeking malware-media
deceptive-device tamper
"""
WITHOUT_AREA = {"unapproved-media", "malware-media", "deceptive-device", "tamper"}


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


def test_the_wheel_holds_the_lists_and_reads_them_from_inside(tmp_path: Path) -> None:
    build = ["build", "--wheel", "--no-build-isolation", "--quiet", "--out-dir", str(tmp_path)]
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [uv, *build, "--python", sys.executable, ROOT / "keyword_lists"], check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "inside")
    ask = (
        "from lamplighter_keywords.shipped import load_shipped, shipped_folder;"
        "print(len(load_shipped().lists), shipped_folder())"
    )
    # Without -P, the folder it runs in would come first; -c puts it there.
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=tmp_path / "inside", check=True, capture_output=True, text=True
    )
    count, folder = done.stdout.split()
    assert int(count) == len(load_shipped().lists)
    assert Path(folder) == (tmp_path / "inside/lamplighter_keywords/shipped").resolve()
