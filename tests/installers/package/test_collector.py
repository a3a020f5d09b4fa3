"""What the collector's package is said to be."""

from pathlib import Path

from installers.package.agent import Made
from installers.package.collector import collector
from tests.support.sources import ROOT

MADE = Made(
    program=Path("/frozen"),
    documents=Path("/documents"),
    scripts=Path("/scripts"),
    version="1.2.3",
    glibc="2.36",
)


def test_units_program_and_papers_have_their_places() -> None:
    about = collector(MADE)
    places = {item.place for item in about.items}
    assert {
        "/usr/lib/lamplighter-collector",
        "/usr/bin/lamplighter-collector",
        "/lib/systemd/system/lamplighter-collector.service",
        "/lib/systemd/system/lamplighter-collector-backup.service",
        "/lib/systemd/system/lamplighter-collector-backup.timer",
        "/usr/share/doc/lamplighter-collector/copyright",
    } <= places
    assert "libc6 (>= 2.36)" in about.depends
    assert set(about.scripts) == {"postinstall", "preremove", "postremove"}


def test_every_file_of_its_folder_goes_somewhere() -> None:
    folder = ROOT / "installers" / "linux" / "collector"
    shipped = {Path(item.source).name for item in collector(MADE).items}
    # The manual's page is packed first, scripts are the package's own, the recipe is for another way.
    other = {"lamplighter-collector.8", "deb", "Containerfile"}
    assert {path.name for path in folder.iterdir()} - other <= shipped
