"""What a release key does not vouch for: words that stand in for a name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from installers.package.nfpm import Package
from installers.release.finished import STANDING_IN, Unfinished, refuse_artefacts, refuse_settings, settings
from tests.support.sources import ROOT

TOLD = {
    "ORGANISATION": "Marrowby Vale",
    "TEAM": "A1B2C3D4E5",
    "MAINTAINER": "Rowan Alder <r.alder@school.example>",
}


@pytest.mark.parametrize("name", sorted(STANDING_IN))
def test_each_setting_must_be_said(name: str) -> None:
    refuse_settings(settings(TOLD))
    for left in ("", STANDING_IN[name]):
        with pytest.raises(Unfinished, match=f"without {name}$"):
            refuse_settings(settings(TOLD | {name: left}))


def test_a_list_for_macs_that_stands_in_for_somebody_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "installers.macos", "--team", TOLD["TEAM"], "--organisation"]
    subprocess.run([*command, TOLD["ORGANISATION"], str(tmp_path / "macos")], cwd=ROOT, check=True)
    refuse_artefacts(tmp_path)
    subprocess.run([*command, STANDING_IN["ORGANISATION"], str(tmp_path / "macos")], cwd=ROOT, check=True)
    with pytest.raises(Unfinished, match=r"ORGANISATION in lamplighter\.mobileconfig"):
        refuse_artefacts(tmp_path)


@pytest.mark.parametrize("kind", ["deb", "rpm"])
def test_a_package_of_nobody_is_named(kind: str, tmp_path: Path) -> None:
    about = Package(name="x", version="1.0", summary="s", text="t", items=(), depends=())
    (tmp_path / "nfpm.json").write_text(about.configuration(), encoding="utf-8")
    nfpm = Path(sys.executable).with_name("nfpm")
    command = [str(nfpm), "package", "--config", "nfpm.json", "--packager", kind, "--target", "."]
    subprocess.run(command, cwd=tmp_path, check=True)
    (tmp_path / "nfpm.json").unlink()
    with pytest.raises(Unfinished, match=rf"MAINTAINER in x.*\.{kind}$"):
        refuse_artefacts(tmp_path)


def test_a_release_with_a_key_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key)], check=True)
    environment = os.environ | TOLD | {"RELEASE_KEY": str(key), "TEAM": ""}
    (tmp_path / "installers").symlink_to(ROOT / "installers")
    done = subprocess.run(
        [sys.executable, "-m", "installers.release"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (2, "the release key signs nothing without TEAM")
