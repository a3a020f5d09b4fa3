"""The agent's package: its files, where they go, and what of the system it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from installers.package.frame import LINUX, UNITS, Made, program
from installers.package.nfpm import SETTINGS, Item, Package

AGENT: Final = LINUX / "agent"
NAME: Final = "lamplighter-agent"
SUMMARY: Final = "safeguarding monitoring of a school-owned device, in the open"
TEXT: Final = """Shows everybody at the device that it is monitored, looks for the words of the
school's lists in what is typed and in window titles, and delivers matches to
the school's collector. Portable media are refused until the school's rules
and a scan allow them. Nothing is sensed before the device is enrolled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What a family of distributions calls things, and where it has them."""

    udev: str
    depends: tuple[str, ...]
    recommends: tuple[str, ...]


FORMATS: Final[Mapping[str, Format]] = {
    "deb": Format(
        udev="/lib/udev/rules.d",
        depends=(
            *("adduser", "at-spi2-core", "clamav-daemon", "clamav-freshclam", "dbus"),
            *("libudev1", "libxkbcommon-x11-0", "libxkbcommon0", "mount", "polkitd", "udev", "udisks2"),
            # UDisks opens encrypted sticks by it, and only recommends it.
            *("libblockdev-crypto2 | libblockdev-crypto3", "zenity | kdialog"),
        ),
        # The letters of the strip beyond Latin-1; what tells of sessions.
        recommends=("fonts-dejavu-core", "libpam-systemd", "systemd", "xdg-utils", "xfonts-base"),
    ),
    "rpm": Format(
        udev="/usr/lib/udev/rules.d",
        depends=(
            *("at-spi2-core", "clamd", "clamav-freshclam", "dbus", "libxkbcommon", "libxkbcommon-x11"),
            *("libblockdev-crypto", "polkit", "shadow-utils", "systemd-udev", "udisks2", "util-linux"),
            "zenity",
        ),
        recommends=("xdg-utils",),
    ),
}


def agent(kind: str, made: Made) -> Package:
    """Describe the package of one format ("deb", "rpm")."""
    form = FORMATS[kind]
    items = (
        *program(NAME, kind, made),
        Item(source=AGENT / "lamplighter-agent.service", place=f"{UNITS[kind]}/lamplighter-agent.service"),
        Item(
            source=LINUX / "udev/72-lamplighter-media.rules", place=f"{form.udev}/72-lamplighter-media.rules"
        ),
        Item(
            source=LINUX / "polkit/10-lamplighter-media.rules",
            place="/usr/share/polkit-1/rules.d/10-lamplighter-media.rules",
        ),
        Item(source=AGENT / "agent.toml", place="/etc/lamplighter/agent.toml", kind=SETTINGS),
        *(_only_debian(UNITS[kind]) if kind == "deb" else ()),
    )
    return Package(
        name=NAME,
        version=made.version,
        summary=SUMMARY,
        text=TEXT,
        items=items,
        depends=(*made.system(kind), *form.depends),
        recommends=form.recommends,
        scripts=made.script_files(),
        architecture="amd64",
    )


def _only_debian(units: str) -> tuple[Item, ...]:
    """Chromium's flag and clamd's settings go by Debian's places; Fedora's are others (see the README)."""
    return (
        Item(source=LINUX / "chromium.d/lamplighter", place="/etc/chromium.d/lamplighter", kind=SETTINGS),
        Item(source=AGENT / "clamd.conf", place="/etc/lamplighter/clamd.conf", kind=SETTINGS),
        Item(source=AGENT / "clamav-daemon.conf", place=f"{units}/clamav-daemon.service.d/lamplighter.conf"),
        Item(source=AGENT / "lamplighter-signatures.path", place=f"{units}/lamplighter-signatures.path"),
    )
