"""What both packages have, in both formats."""

import subprocess
from pathlib import Path

import pytest

from installers.package.frame import LINUX, Made, program

SCRIPTS = [path for kind in ("deb", "rpm") for path in sorted(LINUX.glob(f"*/{kind}/*"))]
MADE = Made(
    program=Path("/frozen"), documents=Path("/documents"), scripts=Path("/none"), version="1.2", glibc="2.36"
)


@pytest.mark.parametrize(
    "script", [*SCRIPTS, LINUX / "activate"], ids=lambda path: str(path.relative_to(LINUX))
)
def test_the_scripts_are_shell(script: Path) -> None:
    subprocess.run(["sh", "-n", str(script)], check=True)


@pytest.mark.parametrize("name", ["agent", "collector"])
def test_an_older_version_is_refused_after_a_newer_one_also_where_that_was_removed(
    name: str, tmp_path: Path
) -> None:
    script = tmp_path / "preinst"
    text = (LINUX / name / "deb/preinst").read_text(encoding="utf-8")
    script.write_text(text.replace("@VERSION@", "0.1.0"), encoding="utf-8")
    said = {}
    # As dpkg calls it (deb-preinst(5)); without a version where there is nothing of the package.
    for words in (
        "upgrade 0.1.1",
        "install 0.1.1",
        "upgrade 0.0.9",
        "install 0.1.0",
        "install",
        "abort-upgrade 0.1.1",
    ):
        done = subprocess.run(
            ["sh", str(script), *words.split()], capture_output=True, text=True, check=False
        )
        said[words] = done.stderr.partition(", which")[0] if done.returncode else ""
    assert {words: one for words, one in said.items() if one} == {
        "upgrade 0.1.1": f"lamplighter-{name}: 0.1.1 is installed",
        "install 0.1.1": f"lamplighter-{name}: 0.1.1 was installed before",
    }


def test_fedora_s_scripts_use_nothing_of_debian_s() -> None:
    for script in SCRIPTS:
        if script.parent.name == "rpm":
            text = script.read_text(encoding="utf-8")
            words = ("deb-systemd", "dpkg", "addgroup", "adduser", "deluser", "configure)")
            assert not {one for one in words if one in text}, script


@pytest.mark.parametrize("kind", ["deb", "rpm"])
def test_papers_come_with_the_program_and_only_a_copy_of_it_runs(kind: str) -> None:
    places = {item.place: item.source for item in program("lamplighter-collector", kind, MADE)}
    assert places["/usr/lib/lamplighter-collector/shipped"] == Path("/frozen")
    assert (
        places["/usr/bin/lamplighter-collector"]
        == "../lib/lamplighter-collector/current/lamplighter-collector"
    )
    papers = "/usr/share/doc/lamplighter-collector"
    assert {f"{papers}/copyright", f"{papers}/bundled.md.gz"} <= set(places)
    assert (f"{papers}/changelog.gz" in places) == (kind == "deb")


def test_what_runs_is_moved_in_one_step_and_the_older_goes_when_it_is_said(tmp_path: Path) -> None:
    activate = tmp_path / "activate"
    activate.write_bytes((LINUX / "activate").read_bytes())
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    runs = []
    for version in ("1", "2"):
        (shipped / "version").unlink(missing_ok=True)
        (shipped / "version").write_text(version, encoding="ascii")
        subprocess.run(["sh", str(activate)], check=True)
        runs.append((tmp_path / "current").resolve())
    assert [(one / "version").read_text(encoding="ascii") for one in runs] == ["1", "2"]
    subprocess.run(["sh", str(activate), "tidy"], check=True)
    assert [one.exists() for one in runs] == [False, True]
