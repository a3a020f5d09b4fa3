"""The agent's package on a clean Debian: it enrols by itself, and a word typed there is in the queue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.built import agent_deb
from tests.support.installed import PROGRAM, Laptop, laptop
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.installer,
    pytest.mark.machine,
    pytest.mark.journey,
    pytest.mark.timeout(600),
]
NOTICE = "This device is checked"


@pytest.fixture
def clean() -> Iterator[Laptop]:
    # Made before there is a laptop that waits for it.
    agent_deb()
    with laptop() as made:
        yield made


def test_an_installed_device_enrols_shows_itself_and_delivers_a_typed_word(
    clean: Laptop, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[acknowledgement]\nnotice = "at_signin"\n', encoding="utf-8")
    clean.tell_collector("bundles", "publish", "--policy", str(policy))
    clean.install(agent_deb())
    clean.leave_enrolment()
    with clean.debian.running(PROGRAM, "service") as service:
        # The system's own dialog, started by the frozen helper.
        clean.focus(NOTICE)
        assert not clean.status()["sensing"]
        assert not clean.waiting_enrolment.exists()
        clean.does("xdotool", "key", "Return")
        wait_for(lambda: clean.status().get("sensing"), "the agent watching", seconds=60, step=0.1)
        wait_for(clean.shows_strip, "the strip on the glass", step=0.1)

        clean.open("zenity", "--entry", "--text=Your answer", "--title=Notes")
        clean.focus("Notes")
        clean.await_accessible()
        clean.does("xdotool", "type", "--delay", "12", "everyone hates you just leave ")
        wait_for(lambda: "bullying" in clean.themes(), "the word in the queue", seconds=60, step=0.2)
        page = clean.debian.root / "var/lib/lamplighter/what-this-device-checks.html"
        assert "Checking is on now" in page.read_text(encoding="utf-8")
        assert service.poll() is None
    assert service.returncode == 0
