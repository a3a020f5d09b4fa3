"""What is in the agent's package, in both formats."""

from pathlib import Path

import pytest

from installers.package.agent import AGENT, FORMATS, agent
from installers.package.frame import Made
from installers.package.nfpm import SETTINGS, Package


def described(kind: str, folder: Path) -> Package:
    scripts = AGENT / kind
    made = Made(program=folder, documents=folder, scripts=scripts, version="1.0", glibc="2.36")
    return agent(kind, made)


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_every_file_is_there_and_settings_are_kept(kind: str, tmp_path: Path) -> None:
    package = described(kind, tmp_path)
    for item in package.items:
        made = isinstance(item.source, str) or item.source.is_relative_to(tmp_path)
        assert made or Path(item.source).is_file(), item
        assert (item.kind == SETTINGS) == item.place.startswith("/etc/"), item
    assert len({item.place for item in package.items}) == len(package.items)


def test_media_and_desktop_parts_come_with_it(tmp_path: Path) -> None:
    package = described("deb", tmp_path)
    places = {item.place for item in package.items}
    assert {
        "/lib/udev/rules.d/72-lamplighter-media.rules",
        "/usr/share/polkit-1/rules.d/10-lamplighter-media.rules",
        "/etc/chromium.d/lamplighter",
        "/etc/lamplighter/clamd.conf",
        "/lib/systemd/system/clamav-daemon.service.d/lamplighter.conf",
    } <= places
    assert {"clamav-daemon", "udisks2", "polkitd", "at-spi2-core", "zenity | kdialog"} <= set(package.depends)


def test_no_user_unit_comes_with_it(tmp_path: Path) -> None:
    """One of the person's own could be masked by the person."""
    for kind in FORMATS:
        assert not [item for item in described(kind, tmp_path).items if "systemd/user" in item.place]
