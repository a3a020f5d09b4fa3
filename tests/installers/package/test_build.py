"""The packages as they are built: their size, what Debian's checks say, what systemd makes of the unit."""

import gzip
import subprocess
from pathlib import Path

import pytest

from installers.package.agent import AGENT
from installers.release.found import contents
from tests.support.built import agent_deb, frozen
from tests.support.judged import lintian_finds_nothing

pytestmark = [pytest.mark.installer, pytest.mark.timeout(600)]
MOST_MB = 40
MOST_INSTALLED_MB = 110
# systemd's measure from 0 (nothing allowed) to 10: what a person's programs need keeps it from being lower.
MOST_EXPOSED = 70


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    subprocess.run(["dpkg-deb", "--extract", str(agent_deb()), str(folder)], check=True)
    return folder


def test_it_is_no_larger_than_allowed() -> None:
    made = agent_deb()
    told = subprocess.run(
        ["dpkg-deb", "--field", str(made), "Installed-Size"], capture_output=True, check=True
    )
    assert made.stat().st_size <= MOST_MB * 1_000_000
    assert int(told.stdout) * 1024 <= MOST_INSTALLED_MB * 1_000_000


def test_lintian_finds_nothing() -> None:
    lintian_finds_nothing(agent_deb())


def test_the_texts_of_licences_are_in_the_package(unpacked: Path) -> None:
    papers = unpacked / "usr/share/doc/lamplighter-agent"
    texts = gzip.decompress((papers / "bundled.md.gz").read_bytes()).decode()
    said = (papers / "copyright").read_text(encoding="utf-8")
    for one in contents(frozen("agent")):
        assert f"| {one.name} |" in texts
        assert f" {one.name}" in said
    assert "Permission is hereby granted" in texts
    assert "Creative Commons Attribution-ShareAlike" in texts


def test_systemd_reads_the_units_and_finds_the_service_bounded(unpacked: Path) -> None:
    units = unpacked / "lib/systemd/system"
    program = unpacked / "usr/lib/lamplighter-agent"
    (program / "current").symlink_to("shipped")
    found = [str(units / name) for name in ("lamplighter-agent.service", "lamplighter-signatures.path")]
    for unit in (Path(found[0]),):
        text = unit.read_text(encoding="utf-8")
        unit.write_text(text.replace("=/usr/lib/lamplighter-agent", f"={program}"), encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *found], capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stderr
    assert "lamplighter" not in verified.stderr
    measured = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", found[0]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert measured.returncode == 0, measured.stdout[-200:]


def test_the_unit_keeps_what_the_service_does_for_a_person_possible() -> None:
    unit = (AGENT / "lamplighter-agent.service").read_text(encoding="utf-8")
    settings = {line.partition("=")[0] for line in unit.splitlines() if not line.startswith("#")}
    # Inherited by a browser that it opens, or in the way of X, homes and media.
    assert not settings & {
        *("NoNewPrivileges", "RestrictNamespaces", "MemoryDenyWriteExecute", "PrivateTmp", "PrivateDevices"),
        *("ProtectHome", "ProtectSystem", "ProtectClock", "ProtectKernelTunables", "DevicePolicy"),
    }
    assert {"MemorySwapMax", "LimitCORE", "LimitMEMLOCK", "CapabilityBoundingSet"} <= settings
