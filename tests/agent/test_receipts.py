import os
from pathlib import Path

import pytest
from lamplighter_agent.receipts import Receipts
from structlog.testing import capture_logs

from tests.agent.test_enrolled import config, stored_at_start


def test_each_id_is_a_line() -> None:
    reading, writing = os.pipe()
    receipts = Receipts(writing)
    receipts(b"\x01\xab")
    receipts(b"\x02")
    os.close(writing)
    with os.fdopen(reading) as lines:
        assert lines.read() == "01ab\n02\n"


@pytest.mark.fault
async def test_a_reader_that_is_gone_costs_no_record(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with capture_logs() as logs:
        settings = config(tmp_path)
        await stored_at_start(settings, Receipts(writing))
        status = await stored_at_start(settings, Receipts(writing))
    os.close(writing)
    assert status.spool["records"] == 2
    # One of the first run; the second one had nothing to tell.
    assert [line["problem"] for line in logs if line["event"] == "receipts_ended"] == ["BrokenPipeError"]
