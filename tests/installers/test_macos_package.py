"""Scripts of a Mac's package: judged by shellcheck; they name what the jobs of launchd and the code name."""

import subprocess
from pathlib import Path

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
