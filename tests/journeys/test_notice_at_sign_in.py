"""The notice at sign-in on a real desktop: nothing is sensed until the real dialog is answered."""

import json
from pathlib import Path

import pytest
from lamplighter_agent.notice.languages import VERSION

from tests.journeys.stack import Stack
from tests.support.waiting import wait_for

pytestmark = pytest.mark.journey
TITLE = "This device is checked"


def test_nothing_is_sensed_before_it_is_agreed_to_and_the_school_hears_of_it(
    stack: Stack, tmp_path: Path
) -> None:
    stack.start_service()
    policy = tmp_path / "policy.toml"
    policy.write_text('[acknowledgement]\nnotice = "at_signin"\n')
    stack.tell_collector("bundles", "publish", "--policy", str(policy))
    desktop = stack.desktop
    wait_for(lambda: TITLE in desktop.run("xwininfo", "-root", "-tree"), "the notice", seconds=60)
    wait_for(lambda: not stack.status()["sensing"], "nothing sensed", seconds=2)
    (session,) = stack.status()["sessions"]
    assert session["policy_reason"] == "nobody has agreed to the notice at sign-in yet"

    desktop.run("xdotool", "search", "--sync", "--onlyvisible", "--name", TITLE, "windowactivate")
    desktop.run("xdotool", "key", "Return")
    stack.wait_until_watching()
    assert json.loads((stack.state / "agreed.json").read_text())[stack.account.name]["version"] == VERSION
    (device,) = wait_for(
        lambda: [one for one in stack.read("devices list") if one["notice"]["agreed"]], "heard"
    )
    assert device["notice"] == {"agreed": 1, "declined": 0}
