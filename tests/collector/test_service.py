"""The collector as a process: from a delivered detection to the page."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lamplighter_protos.v1 import ingest_pb2

from tests.support.collector import Collector, detection, device, loss


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    with Collector(tmp_path) as running:
        yield running


def get(address: str, path: str = "/") -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


async def test_delivered_detection_is_on_the_page_without_its_words(collector: Collector) -> None:
    async with device(collector.ingest, collector.authority.device("lap-17")) as lap:
        receipts = await lap.deliver([detection(), loss()])
    assert [receipt.outcome for receipt in receipts] == [ingest_pb2.OUTCOME_ACCEPTED] * 2
    status, page = get(collector.web)
    assert status == 200
    assert "1</span>" in page
    assert "on lap-17" in page
    assert "41 on lap-17" in page
    assert "zebra lantern" not in page


async def test_stops_cleanly_and_its_log_has_no_words(collector: Collector) -> None:
    async with device(collector.ingest, collector.authority.device("lap-17")) as lap:
        await lap.deliver([detection(), b"zebra lantern"])
    assert collector.stop() == 0
    log = collector.log.read_text(encoding="utf-8")
    assert json.loads(log.splitlines()[-1])["event"] == "stopped"
    assert "zebra" not in log
