"""The demo's device really enrols, and what it gets is private."""

import stat
from pathlib import Path

import pytest

from installers.quickstart.certificates import enrol
from tests.support.certificates import CertificateFiles
from tests.support.collector import Collector, detection, device

pytestmark = pytest.mark.usefixtures("grpc_let_go")


async def test_enrolled_and_private(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        identity = enrol(tmp_path, config=collector.config, asset_tag="AV-1")
        assert stat.S_IMODE(identity.key.stat().st_mode) == 0o600
        files = CertificateFiles(ca=identity.ca, certificate=identity.certificate, key=identity.key)
        async with device(collector.ingest, files) as laptop:
            (receipt,) = await laptop.deliver([detection()])
        assert receipt.reason == ""
        (entry,) = collector.report("devices list")
        assert (entry["device"], entry["state"]) == ("AV-1", "enrolled")


def test_without_a_collector_the_reason_is_told(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    collector.write_config()
    with pytest.raises(RuntimeError, match="no token was issued"):
        enrol(tmp_path, config=collector.config, asset_tag="AV-1")
