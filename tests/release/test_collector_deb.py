"""The collector's package for Debian: what its judges find, and an upgrade that is killed at each step.

What CI does with it, its whole life, is in tests/installers/package/test_collector_lifecycle.py.
"""

import subprocess
import time

import pytest

from tests.release.conftest import Artefact
from tests.support.chroot import Chroot
from tests.support.judged import lintian_finds_nothing, piuparts_finds_nothing

pytestmark = [pytest.mark.release, pytest.mark.timeout(600)]
NAME = "lamplighter-collector"
BASE = f"usr/lib/{NAME}"
STEPS = 6


def version_that_runs(debian: Chroot) -> str:
    """Return the version that a start of the service would take, which it proves to start."""
    assert "serve" in debian.run(f"/usr/bin/{NAME}", "--help").stdout
    return (debian.root / BASE / "current/version").read_text(encoding="ascii").strip()


def kill_after(debian: Chroot, seconds: float, *command: str) -> None:
    """Run a command of dpkg and kill it and all that it started, as when the power fails."""
    dpkg = subprocess.Popen(
        debian.command(*command),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        dpkg.wait(seconds)
    except subprocess.TimeoutExpired:
        debian.run("pkill", "-KILL", "-x", "dpkg|dpkg-deb|lamplighter-col.*|cp|mv|sync", check=False)
    dpkg.wait(60)


def test_lintian_finds_nothing(released: Artefact) -> None:
    lintian_finds_nothing(released("collector", "deb"))


@pytest.mark.machine
def test_piuparts_finds_nothing(released: Artefact) -> None:
    piuparts_finds_nothing(released("collector", "deb"))


@pytest.mark.machine
def test_an_upgrade_that_is_killed_leaves_the_old_or_the_new_version(
    debian: Chroot, released: Artefact, newer: Artefact
) -> None:
    old, new = debian.put(released("collector", "deb")), debian.put(newer("collector", "deb"))
    debian.run("dpkg", "--install", old)
    begin = time.monotonic()
    debian.run("dpkg", "--unpack", new)
    takes = time.monotonic() - begin
    # Unpacked, and the machine went off before anything of it was set up.
    assert version_that_runs(debian) == "0.1.0"
    debian.run("dpkg", "--configure", "-a")
    assert version_that_runs(debian) == "0.1.1"
    refused = debian.run("dpkg", "--install", old, check=False)
    assert "0.1.1 is installed, which is newer than 0.1.0" in refused.stderr

    for step in range(STEPS):
        debian.run("dpkg", "--purge", NAME)
        debian.run("dpkg", "--install", old)
        kill_after(debian, takes * (step + 0.5) / (STEPS - 1), "dpkg", "--install", new)
        assert version_that_runs(debian) in {"0.1.0", "0.1.1"}
        debian.run("dpkg", "--configure", "-a", check=False)
        debian.run("dpkg", "--install", new)
        assert version_that_runs(debian) == "0.1.1"
    assert len(list((debian.root / BASE).glob("run.*"))) == 1


@pytest.mark.machine
def test_a_disk_that_is_full_keeps_the_old_version(
    debian: Chroot, released: Artefact, newer: Artefact
) -> None:
    new = debian.put(newer("collector", "deb"))
    debian.run("dpkg", "--install", debian.put(released("collector", "deb")))
    debian.grow(debian.used_mb() + 30)
    failed = debian.run("dpkg", "--install", new, check=False)
    assert failed.returncode != 0
    assert version_that_runs(debian) == "0.1.0"
    debian.grow(900)
    debian.run("dpkg", "--install", new)
    assert version_that_runs(debian) == "0.1.1"
