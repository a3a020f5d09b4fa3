import json

import pytest
import structlog
from lamplighter_agent import logs


def test_a_field_that_is_not_allowed_loses_its_value(capfd: pytest.CaptureFixture[str]) -> None:
    try:
        logs.configure()
        structlog.get_logger("x").warning("record_refused", id="ab", text="what somebody typed")
    finally:
        structlog.reset_defaults()
    said = json.loads(capfd.readouterr().err)
    assert (said["event"], said["id"], said["text"], said["level"]) == (
        "record_refused",
        "ab",
        logs.REMOVED,
        "warning",
    )
