"""The packages for Fedora, by rpm itself: installed, upgraded, erased, with their scripts.

It is no Fedora: rpm works on a clean Debian, whose shell, accounts and folders the scripts meet. What rpm
would fetch there is not asked for, and no systemd runs.
"""

from dataclasses import dataclass

import pytest

from tests.release.conftest import Artefact
from tests.support.chroot import Chroot

pytestmark = [pytest.mark.release, pytest.mark.machine, pytest.mark.timeout(600)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A clean system that rpm of this machine works on."""

    debian: Chroot

    def rpm(self, *words: str) -> str:
        return self.debian.on_it("rpm", "--dbpath", "/var/lib/rpm", "--nodeps", *words)

    def version(self, name: str) -> str:
        """Return the version that would be started, which it proves to start."""
        assert "Usage" in self.debian.run(f"/usr/bin/{name}", "--help").stdout
        file = self.debian.root / f"usr/lib/{name}/current/version"
        return file.read_text(encoding="ascii").strip()


@pytest.fixture
def device(debian: Chroot) -> Device:
    return Device(debian=debian)


def test_the_agent_is_installed_upgraded_with_its_settings_and_erased(
    device: Device, released: Artefact, newer: Artefact
) -> None:
    root, name = device.debian.root, "lamplighter-agent"
    device.rpm("--install", str(released("agent", "rpm")))
    assert device.version(name) == "0.1.0"
    assert device.debian.run("getent", "group", "lamplighter").stdout
    assert device.rpm("--verify", name) == ""
    config = root / "etc/lamplighter/agent.toml"
    config.write_text('[session]\ndefault_kind = "staff"\n', encoding="utf-8")
    device.rpm("--upgrade", str(newer("agent", "rpm")))
    assert device.version(name) == "0.1.1"
    assert "staff" in config.read_text(encoding="utf-8")
    assert len(list((root / f"usr/lib/{name}").glob("run.*"))) == 1
    for paper in ("copyright", "bundled.md.gz"):
        assert (root / f"usr/share/doc/{name}" / paper).is_file()
    device.rpm("--erase", name)
    assert not (root / f"usr/lib/{name}").exists()
    assert not (root / f"usr/bin/{name}").is_symlink()
    # Who edited it finds it again.
    assert "staff" in config.with_name("agent.toml.rpmsave").read_text(encoding="utf-8")


def test_the_collector_is_installed_upgraded_and_erased_and_its_records_stay(
    device: Device, released: Artefact, newer: Artefact
) -> None:
    root, name = device.debian.root, "lamplighter-collector"
    device.rpm("--install", str(released("collector", "rpm")))
    assert device.version(name) == "0.1.0"
    assert (root / f"usr/lib/systemd/system/{name}-backup.timer").is_file()
    said = device.debian.run("stat", "-c", "%U %G %a", f"/var/lib/{name}-keys").stdout
    assert said.split() == [name, name, "700"]
    (root / f"var/lib/{name}/store.sqlite3").write_bytes(b"records")
    device.rpm("--upgrade", str(newer("collector", "rpm")))
    assert device.version(name) == "0.1.1"
    assert len(list((root / f"usr/lib/{name}").glob("run.*"))) == 1
    told = device.rpm("--erase", name)
    assert f"Kept, since they are records of safeguarding and their keys: /var/lib/{name}" in told
    assert (root / f"var/lib/{name}/store.sqlite3").read_bytes() == b"records"
    assert not (root / f"usr/lib/{name}").exists()
    assert device.debian.run("getent", "passwd", name).stdout


def test_a_collector_that_was_never_set_up_leaves_nothing(device: Device, released: Artefact) -> None:
    root, name = device.debian.root, "lamplighter-collector"
    assert "Now: lamplighter-collector setup" in device.rpm("--install", str(released("collector", "rpm")))
    assert "Kept" not in device.rpm("--erase", name)
    assert not [
        path for top in ("etc", "usr/lib", "var/lib", "var/backups") for path in (root / top).glob(f"{name}*")
    ]
    assert device.debian.run("getent", "passwd", name, check=False).returncode != 0
