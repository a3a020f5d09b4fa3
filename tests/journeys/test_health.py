"""What the real agent says of itself reaches the register, without anything that anybody typed."""

import json
from typing import Any

import pytest

from tests.journeys.stack import Stack
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.root]


def said(stack: Stack) -> dict[str, Any]:
    (row,) = stack.read("devices")
    found: dict[str, Any] = row["health"] or {}
    return found


def test_a_technician_sees_what_the_device_can_see(stack: Stack) -> None:
    stack.start_service()
    wait_for(lambda: said(stack).get("sensing"), "a heartbeat that says it senses", seconds=60, step=0.5)
    health = said(stack)
    works = {one["sensor"] for one in health["capabilities"] if one["working"]}
    assert {"indicator", "window titles", "text of fields"} <= works
    assert abs(health["clock_behind_ms"]) < 60_000
    assert (health["sessions"], health["helper_restarts"], health["list_version"]) == (1, 0, "1")
    assert stack.account.name not in json.dumps(health)
