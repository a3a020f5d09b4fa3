"""Scripts of a Mac's package: judged by shellcheck; they name what the jobs of launchd and the code name."""

import subprocess
from pathlib import Path, PurePosixPath

import pytest
from lamplighter_agent.backends.macos.pending_managed import BESIDE

from installers.macos import launchd

FOLDER = Path(launchd.__file__).parent
SCRIPTS = ("build_pkg.sh", "uninstall.sh", "scripts/preinstall", "scripts/postinstall")


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck_finds_nothing_and_it_can_be_started(name: str) -> None:
    script = FOLDER / name
    assert script.stat().st_mode & 0o111
    done = subprocess.run(["shellcheck", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_scripts_and_the_jobs_name_the_same() -> None:
    after, away = ((FOLDER / name).read_text() for name in ("scripts/postinstall", "uninstall.sh"))
    for label in (launchd.SERVICE, launchd.SESSION):
        assert label in after
        assert label in away
    assert str(launchd.FOLDER) in after
    # The key is destroyed before the files are removed: it lies in the keychain, not among them.
    assert f"{launchd.PROGRAM} erase" in away.replace('"$program"', str(launchd.PROGRAM))
    assert away.index('"$program" erase') < away.index("rm -rf")
    assert f"program={launchd.PROGRAM}\n" in away
    assert BESIDE in after
    assert f"--identifier {launchd.BUNDLE} " in (FOLDER / "build_pkg.sh").read_text()


@pytest.mark.parametrize(("refusals", "code", "tries"), [(0, 0, 1), (4, 0, 5), (99, 1, 30)])
def test_an_upgrade_waits_a_bounded_time_for_launchd_to_let_go_of_the_old_service(
    tmp_path: Path, refusals: int, code: int, tries: int
) -> None:
    # A Mac's tools stand in for themselves: launchctl refuses so often, and nobody sits there.
    tools = {
        "/bin/launchctl": f'echo "$*" >> asked; [ "$(wc -l < asked)" -gt {refusals} ]',
        "/usr/bin/stat": "echo 0",
        "/usr/sbin/chown": ":",
        "/bin/sleep": ":",
    }
    script = (FOLDER / "scripts/postinstall").read_text().replace(str(launchd.FOLDER), str(tmp_path / "root"))
    for tool, words in tools.items():
        own = tmp_path / PurePosixPath(tool).name
        own.write_text(f"#!/bin/sh\n{words}\n")
        own.chmod(0o755)
        script = script.replace(tool, str(own))
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, check=False)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert (done.returncode, len(asked), done.stderr) == (code, tries, b"")
    assert set(asked) == {f"bootstrap system /Library/LaunchDaemons/{launchd.SERVICE}.plist"}


def test_elsewhere_than_on_a_mac_nothing_is_built() -> None:
    told = {
        "ORGANISATION": "Larkhill Bridge School",
        "TEAM": "A1B2C3D4E5",
        "NOTARY": "x",
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        [str(FOLDER / "build_pkg.sh")], env=told, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "build_pkg.sh: needs a Mac\n")
