"""The folder that a school gets, looked at as its technician does: whole, signed, and each part explained."""

import gzip
import json
import subprocess
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.release.conftest import Artefact

pytestmark = pytest.mark.release
# What is said about an artefact, or about all of them.
PAPERS = (".cdx.json", ".licences.md", "SHA256SUMS", "SHA256SUMS.sig", ".pem")


def artefacts(dist: Path) -> list[Path]:
    return [path for path in dist.rglob("*") if path.is_file() and not path.name.endswith(PAPERS)]


def test_its_signature_and_sums_hold_by_the_commands_in_security_md(dist: Path) -> None:
    (key,) = dist.glob("*.pem")
    words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key.name, "-rawin"]
    words += ["-in", "SHA256SUMS", "-sigfile", "SHA256SUMS.sig"]
    told = subprocess.run(words, cwd=dist, capture_output=True, text=True, check=True)
    assert "Signature Verified Successfully" in told.stdout
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=dist, check=True)
    sums = (dist / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    named = {line.split("  ", 1)[1] for line in sums}
    held = {str(path.relative_to(dist)) for path in dist.rglob("*") if path.is_file()}
    assert held - named == {"SHA256SUMS", "SHA256SUMS.sig", key.name}


def test_every_artefact_has_its_list_and_its_licences(dist: Path) -> None:
    for artefact in artefacts(dist):
        bill = artefact.with_name(f"{artefact.name}.cdx.json").read_text(encoding="utf-8")
        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None, artefact.name
        told = json.loads(bill)
        assert told["metadata"]["component"]["name"] == artefact.name
        licences = artefact.with_name(f"{artefact.name}.licences.md").read_text(encoding="utf-8")
        for one in told["components"]:
            bundled = one["properties"][0]["value"] == "in the artefact"
            assert (f"| {one['name']} |" in licences) == bundled, (artefact.name, one["name"])


@pytest.mark.parametrize("name", ["agent", "collector"])
def test_a_package_has_the_same_texts_in_itself(name: str, released: Artefact, tmp_path: Path) -> None:
    made = released(name, "deb")
    subprocess.run(["dpkg-deb", "--extract", str(made), str(tmp_path)], check=True)
    papers = tmp_path / f"usr/share/doc/lamplighter-{name}"
    texts = gzip.decompress((papers / "bundled.md.gz").read_bytes()).decode()
    beside = made.with_name(f"{made.name}.licences.md").read_text(encoding="utf-8")
    assert texts.splitlines()[1:] == beside.splitlines()[1:]
