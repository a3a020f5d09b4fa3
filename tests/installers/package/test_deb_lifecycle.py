"""The agent's package for Debian in a clean Debian without a network: from its installation to its purge."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.built import agent_deb
from tests.support.chroot import Chroot
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.installer, pytest.mark.machine, pytest.mark.timeout(600)]
PROGRAM = "/usr/bin/lamplighter-agent"
BASE = "usr/lib/lamplighter-agent"
UNIT = "etc/systemd/system/multi-user.target.wants/lamplighter-agent.service"
# Written by dpkg and by what other packages' triggers do.
NOT_OURS = re.compile(
    r"^/(var/lib/dpkg/|var/log/|var/cache/|root/|usr/sbin/policy-rc.d|etc/(group|gshadow)-?$|etc/.pwd.lock$|run/adduser$|var/lib/systemd/deb-systemd)"
)


@pytest.fixture(scope="module")
def old() -> Path:
    return agent_deb()


@pytest.fixture(scope="module")
def new() -> Path:
    return agent_deb("0.1.1", compression="none")


@pytest.fixture
def debian() -> Iterator[Chroot]:
    with Chroot() as clean:
        yield clean


def version_that_runs(debian: Chroot) -> str:
    """Return the version of the program that a start of the service would take, which it proves to start."""
    answer = debian.run(PROGRAM, "--help").stdout
    assert "selfcheck" in answer
    return (debian.root / BASE / "current/version").read_text(encoding="ascii").strip()


def status_of(debian: Chroot) -> object:
    told = debian.run(PROGRAM, "status", "--json", check=False)
    return json.loads(told.stdout) if told.returncode == 0 and told.stdout else None


def test_it_is_installed_runs_is_upgraded_removed_and_purged(debian: Chroot, old: Path, new: Path) -> None:
    before = debian.files()
    debian.run("dpkg", "--install", debian.put(old))
    assert version_that_runs(debian) == "0.1.0"
    assert (debian.root / UNIT).is_symlink()
    assert "lamplighter" in debian.run("getent", "group", "lamplighter").stdout

    with debian.running(PROGRAM, "service") as service:
        assert wait_for(lambda: status_of(debian), "the service's status")
        assert service.poll() is None
    assert service.returncode == 0

    config = debian.root / "etc/lamplighter/agent.toml"
    config.write_text('[session]\ndefault_kind = "staff"\n', encoding="utf-8")
    (debian.root / "var/lib/lamplighter/kept").write_text("state", encoding="ascii")
    debian.run("dpkg", "--install", debian.put(new))
    assert version_that_runs(debian) == "0.1.1"
    assert "staff" in config.read_text(encoding="utf-8")
    assert len(list((debian.root / BASE).glob("run.*"))) == 1

    refused = debian.run("dpkg", "--install", debian.put(old), check=False)
    assert refused.returncode != 0
    assert "0.1.1 is installed, which is newer than 0.1.0" in refused.stderr
    assert version_that_runs(debian) == "0.1.1"

    debian.run("dpkg", "--remove", "lamplighter-agent")
    assert not (debian.root / BASE).exists()
    assert (debian.root / "var/lib/lamplighter/kept").exists()
    assert "staff" in config.read_text(encoding="utf-8")
    refused = debian.run("dpkg", "--install", debian.put(old), check=False)
    assert "0.1.1 was installed before, which is newer than 0.1.0" in refused.stderr
    assert not (debian.root / BASE).exists()

    debian.run("dpkg", "--purge", "lamplighter-agent")
    assert not {name for name in debian.files() - before if not NOT_OURS.match(name)}
    assert debian.run("getent", "group", "lamplighter", check=False).returncode != 0


def test_a_pupil_runs_what_it_starts_and_can_neither_change_nor_remove_it(debian: Chroot, old: Path) -> None:
    debian.run("dpkg", "--install", debian.put(old))
    assert "selfcheck" in debian.as_pupil(PROGRAM, "--help").stdout
    for command in (
        ("dpkg", "--remove", "lamplighter-agent"),
        ("rm", "-rf", f"/{BASE}/current"),
        ("sh", "-c", f"echo x >/{BASE}/current/lamplighter-agent"),
        ("sh", "-c", "echo x >/etc/lamplighter/agent.toml"),
        ("sh", "-c", "find / -xdev -writable -path '*lamplighter*' -not -type l | grep ."),
        ("/usr/lib/lamplighter-agent/activate",),
    ):
        assert debian.as_pupil(*command).returncode != 0, command
    assert version_that_runs(debian) == "0.1.0"


def test_an_upgrade_that_is_killed_leaves_the_old_or_the_new_version(
    debian: Chroot, old: Path, new: Path
) -> None:
    debian.run("dpkg", "--install", debian.put(old))
    package = debian.put(new)
    begin = time.monotonic()
    debian.run("dpkg", "--unpack", package)
    takes = time.monotonic() - begin
    # Unpacked, and the machine went off before anything of it was set up.
    assert version_that_runs(debian) == "0.1.0"
    debian.run("dpkg", "--configure", "-a")
    assert version_that_runs(debian) == "0.1.1"

    seen = set()
    for step in range(6):
        dpkg = subprocess.Popen(
            debian.command("dpkg", "--install", package), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            dpkg.wait(takes * (step + 0.5) / 5)
        except subprocess.TimeoutExpired:
            # What it started goes with it, as when the power fails.
            debian.run("pkill", "-KILL", "-x", "dpkg|dpkg-deb|lamplighter-age.*|cp|sync", check=False)
        dpkg.wait(60)
        seen.add(version_that_runs(debian))
        debian.run("dpkg", "--configure", "-a", check=False)
        debian.run("dpkg", "--install", package)
        assert version_that_runs(debian) == "0.1.1"
    assert seen == {"0.1.1"}
    assert len(list((debian.root / BASE).glob("run.*"))) == 1


def test_a_disk_that_is_full_keeps_the_old_version(debian: Chroot, old: Path, new: Path) -> None:
    debian.run("dpkg", "--install", debian.put(old))
    package = debian.put(new)
    debian.grow(debian.used_mb() + 30)
    failed = debian.run("dpkg", "--install", package, check=False)
    assert failed.returncode != 0
    assert "No space left" in failed.stderr
    assert version_that_runs(debian) == "0.1.0"
    debian.grow(900)
    debian.run("dpkg", "--install", package)
    assert version_that_runs(debian) == "0.1.1"
