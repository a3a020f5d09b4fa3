"""The agent's package: its files, where they go, and what of the system it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installers.package.nfpm import SETTINGS, Item, Package

LINUX: Final = Path(__file__).parents[1] / "linux"
AGENT: Final = LINUX / "agent"
BASE: Final = "/usr/lib/lamplighter-agent"
SUMMARY: Final = "safeguarding monitoring of a school-owned device, in the open"
TEXT: Final = """Shows everybody at the device that it is monitored, looks for the words of the
school's lists in what is typed and in window titles, and delivers matches to
the school's collector. Portable media are refused until the school's rules
and a scan allow them. Nothing is sensed before the device is enrolled."""
# By the name that nfpm has for each; our files go by dpkg's.
_SCRIPTS: Final = {
    "preinstall": "preinst",
    "postinstall": "postinst",
    "preremove": "prerm",
    "postremove": "postrm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What a family of distributions calls things, and where it has them."""

    units: str
    udev: str
    depends: tuple[str, ...]
    recommends: tuple[str, ...]


FORMATS: Final[Mapping[str, Format]] = {
    "deb": Format(
        units="/lib/systemd/system",
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
        units="/usr/lib/systemd/system",
        udev="/usr/lib/udev/rules.d",
        depends=(
            *("at-spi2-core", "clamd", "clamav-freshclam", "dbus", "libxkbcommon", "libxkbcommon-x11"),
            *("libblockdev-crypto", "polkit", "shadow-utils", "systemd-udev", "udisks2", "util-linux"),
            "zenity",
        ),
        recommends=("xdg-utils",),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made for this package: the frozen program, documents, scripts with the version in them."""

    program: Path
    documents: Path
    scripts: Path
    version: str
    glibc: str


def agent(kind: str, made: Made) -> Package:
    """Describe the package of one format ("deb", "rpm")."""
    form = FORMATS[kind]
    documents = "/usr/share/doc/lamplighter-agent"
    items = [
        Item(source=made.program, place=f"{BASE}/shipped", kind="tree"),
        Item(source=AGENT / "activate", place=f"{BASE}/activate", mode=0o755),
        Item(
            source="../lib/lamplighter-agent/current/lamplighter-agent",
            place="/usr/bin/lamplighter-agent",
            kind="symlink",
        ),
        Item(source=AGENT / "lamplighter-agent.service", place=f"{form.units}/lamplighter-agent.service"),
        Item(
            source=LINUX / "udev/72-lamplighter-media.rules", place=f"{form.udev}/72-lamplighter-media.rules"
        ),
        Item(
            source=LINUX / "polkit/10-lamplighter-media.rules",
            place="/usr/share/polkit-1/rules.d/10-lamplighter-media.rules",
        ),
        Item(source=AGENT / "agent.toml", place="/etc/lamplighter/agent.toml", kind=SETTINGS),
        Item(source=made.documents / "version", place=f"{BASE}/shipped/version"),
        Item(source=made.documents / "copyright", place=f"{documents}/copyright"),
        Item(
            source=made.documents / "lamplighter-agent.8.gz",
            place="/usr/share/man/man8/lamplighter-agent.8.gz",
        ),
    ]
    needs: tuple[str, ...] = (f"libc6 (>= {made.glibc})", "libgcc-s1", "libstdc++6")
    if kind == "deb":
        items += _only_debian(made, form)
    else:
        needs = (f"glibc >= {made.glibc}",)
    return Package(
        name="lamplighter-agent",
        version=made.version,
        summary=SUMMARY,
        text=TEXT,
        items=tuple(items),
        depends=(*needs, *form.depends),
        recommends=form.recommends,
        scripts={
            name: made.scripts / file for name, file in _SCRIPTS.items() if (made.scripts / file).exists()
        },
        architecture="amd64",
    )


def _only_debian(made: Made, form: Format) -> list[Item]:
    """Chromium's flag and clamd's settings go by Debian's places; Fedora's are others (see the README)."""
    return [
        Item(source=LINUX / "chromium.d/lamplighter", place="/etc/chromium.d/lamplighter", kind=SETTINGS),
        Item(source=AGENT / "clamd.conf", place="/etc/lamplighter/clamd.conf", kind=SETTINGS),
        Item(
            source=AGENT / "clamav-daemon.conf",
            place=f"{form.units}/clamav-daemon.service.d/lamplighter.conf",
        ),
        Item(source=AGENT / "lamplighter-signatures.path", place=f"{form.units}/lamplighter-signatures.path"),
        Item(
            source=made.documents / "changelog.gz",
            place="/usr/share/doc/lamplighter-agent/changelog.gz",
        ),
        Item(source=AGENT / "lintian-overrides", place="/usr/share/lintian/overrides/lamplighter-agent"),
    ]
