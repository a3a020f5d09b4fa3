"""What the collector's package is said to be."""

from pathlib import Path

import pytest

from installers.package.collector import COLLECTOR, collector
from installers.package.frame import UNITS, Made


def made(kind: str) -> Made:
    folder = Path("/made")
    return Made(program=folder, documents=folder, scripts=COLLECTOR / kind, version="1.2.3", glibc="2.36")


@pytest.mark.parametrize("kind", ["deb", "rpm"])
def test_units_program_and_papers_have_their_places(kind: str) -> None:
    about = collector(kind, made(kind))
    places = {item.place for item in about.items}
    assert {
        "/usr/lib/lamplighter-collector/shipped",
        "/usr/bin/lamplighter-collector",
        f"{UNITS[kind]}/lamplighter-collector.service",
        f"{UNITS[kind]}/lamplighter-collector-backup.service",
        f"{UNITS[kind]}/lamplighter-collector-backup.timer",
        "/usr/share/doc/lamplighter-collector/copyright",
    } <= places
    assert {"libc6 (>= 2.36)", "glibc >= 2.36"} & set(about.depends)
    assert set(about.scripts) >= {"postinstall", "preremove", "postremove"}


def test_every_file_of_its_folder_goes_somewhere() -> None:
    shipped = {Path(item.source).name for item in collector("deb", made("deb")).items}
    # The manual's page is packed first, scripts are the package's own, the recipe is for another way.
    other = {"lamplighter-collector.8", "deb", "rpm", "Containerfile"}
    assert {path.name for path in COLLECTOR.iterdir()} - other <= shipped
