"""A stick that nobody permitted is on record: the kernel's event, udev's word, the collector's incident."""

from pathlib import Path

import pytest

from tests.journeys.stack import Stack
from tests.support.sticks import SERIAL, stick
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.machine]


def test_a_stick_that_comes_and_goes_reaches_the_collector(stack: Stack, tmp_path: Path) -> None:
    with stick(tmp_path) as emulated:
        stack.start_service()
        # With udev's daemon, which is there as long as the stick.
        wait_for(lambda: stack.status().get("media", {}).get("working"), "the media sensor", seconds=60)
        emulated.put_in()
        incident = stack.wait_for_theme("unapproved-media")
        assert incident["severity"] == 2
        emulated.take_out()
        wait_for(lambda: len(sightings(stack)) == 2, "the removal", seconds=60, step=0.2)
    arrived, removed = (sighting["term"] for sighting in sightings(stack))
    assert arrived.startswith("media-arrived:")
    assert removed == arrived.replace("arrived", "removed")
    # Both of one day are one incident, and the serial number is in no log.
    assert len([one for one in stack.read("incidents") if one["theme"] == "unapproved-media"]) == 1
    assert SERIAL not in "".join(log.read_text(errors="replace") for log in stack.children.logs.iterdir())


def sightings(stack: Stack) -> list[dict[str, str]]:
    return [found for found in stack.read("detections") if found["theme"] == "unapproved-media"]
