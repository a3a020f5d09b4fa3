"""The scripts of a Mac's package: a shell reads them, and they name what launchd's jobs and the code name."""

import subprocess
from pathlib import Path

import pytest

from installers.macos import launchd

FOLDER = Path(launchd.__file__).parent
SCRIPTS = ("build_pkg.sh", "uninstall.sh", "scripts/preinstall", "scripts/postinstall")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_shell_reads_it_and_it_can_be_started(name: str) -> None:
    script = FOLDER / name
    assert script.stat().st_mode & 0o111
    interpreter = "bash" if script.suffix == ".sh" and "bash" in script.read_text()[:20] else "sh"
    done = subprocess.run([interpreter, "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_scripts_and_the_jobs_name_the_same() -> None:
    after, away = ((FOLDER / name).read_text() for name in ("scripts/postinstall", "uninstall.sh"))
    for label in (launchd.SERVICE, launchd.SESSION):
        assert label in after
        assert label in away
    assert str(launchd.FOLDER) in after
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
