"""The demo's certificates are made once, private, and made again when they stop being usable."""

import stat
from pathlib import Path

from installers.quickstart.certificates import certificates


def test_made_once_and_private(tmp_path: Path) -> None:
    first = certificates(tmp_path, organisation="Alder Vale School", asset_tag="AV-1")
    content = first.device.certificate.read_bytes()
    again = certificates(tmp_path, organisation="Alder Vale School", asset_tag="AV-1")
    assert again.device.certificate.read_bytes() == content
    assert stat.S_IMODE(again.device.key.stat().st_mode) == 0o600


def test_another_device_gets_its_own(tmp_path: Path) -> None:
    one = certificates(tmp_path, organisation="Alder Vale School", asset_tag="AV-1")
    other = certificates(tmp_path, organisation="Alder Vale School", asset_tag="AV-2")
    assert one.device.certificate != other.device.certificate
    assert one.device.ca.read_bytes() != other.device.ca.read_bytes()
