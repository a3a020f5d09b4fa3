"""Images of a disk: laptops imaged alike, a laptop imaged anew, an enrolled disk copied; a real collector."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent.enrolment.identity import IdentityStore

from installers.quickstart.children import Children, children
from installers.quickstart.processes import COLLECTOR, Collector, Setting, start_collector, start_service
from tests.support.pair import GROUP
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
SETTING = Setting(organisation="Alder Vale School", asset_tag="AV-0042")


class Room:
    """A collector and laptops without desktops: enrolling needs none."""

    def __init__(self, folder: Path, started: Children) -> None:
        self.folder = folder
        self._started = started
        (folder / "collector").mkdir()
        self.collector: Collector = start_collector(started, folder / "collector", SETTING)

    def image(self, tag: str) -> str:
        """Return what lies in every copy of an image: a token for a whole room of laptops that are new."""
        wanted = ["--asset-tags", "AV-*", "--attester", "Ada Quill", "--uses", "9", "--hours", "1"]
        issued = self._asked("tokens", "issue", *wanted)
        told = {name: issued[name] for name in ("collector", "pin", "token")} | {"asset_tag": tag}
        return "".join(f'{name} = "{value}"\n' for name, value in told.items())

    def laptop(self, name: str, image: str = "") -> Path:
        """Make a laptop from an image; its service runs."""
        folder = self.folder / name
        (folder / "state").mkdir(parents=True, exist_ok=True)
        config = folder / "agent.toml"
        config.write_text(
            f'[paths]\nstate = "{folder}/state"\nruntime = "{folder}/run"\n[session]\ngroup = "{GROUP}"\n'
        )
        if image:
            (folder / "enrolment.toml").touch(mode=0o600)
            (folder / "enrolment.toml").write_text(image)
        start_service(self._started, [sys.executable, "-m", "lamplighter_agent"], config)
        return folder

    def devices(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._asked("devices", "list", "--json")
        return found

    def _asked(self, *words: str) -> Any:
        command = [*COLLECTOR, *words, "--config", str(self.collector.config)]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    tmp_path.chmod(0o755)
    (tmp_path / "logs").mkdir()
    with children(tmp_path / "logs") as started:
        yield Room(tmp_path, started)


def told(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / "state" / "status.json").read_text())
    except (OSError, ValueError):
        return {}
    return found


def test_a_laptop_enrols_from_its_image_and_is_imaged_anew_and_a_second_one_of_its_tag_is_refused(
    room: Room,
) -> None:
    image = room.image("AV-0042")
    first = room.laptop("first", image)
    wait_for(lambda: told(first).get("enrolled"), "the first laptop", seconds=60, step=0.1)
    assert not (first / "enrolment.toml").exists()
    before = IdentityStore(first / "state").load()
    assert before is not None

    # Another machine with the same image: it has other marks, or none, and takes nobody's place.
    if before.machine is not None and before.machine.of_hardware:
        again = room.laptop("again", image)
        wait_for(lambda: told(again).get("enrolled"), "the laptop imaged anew", seconds=60, step=0.1)
    else:
        second = room.laptop("second", image)
        wait_for(
            lambda: "is enrolled already" in told(second).get("not_enrolled", ""),
            "a reason",
            seconds=60,
            step=0.1,
        )
        assert not told(second)["sensing"]
    assert [one["device"] for one in room.devices()] == ["AV-0042"]


def test_a_copy_of_an_enrolled_disk_senses_nothing_and_technicians_see_it(room: Room) -> None:
    laptop = room.laptop("laptop", room.image("AV-0042"))
    wait_for(lambda: told(laptop).get("enrolled"), "the laptop", seconds=60, step=0.1)
    copy = room.folder / "copy"
    shutil.copytree(laptop / "state", copy / "state", ignore=shutil.ignore_patterns("*.lock", "status.json"))
    # What would be another machine's number: this test has one machine only.
    about = copy / "state" / "identity" / "identity.json"
    kept = json.loads(about.read_text())
    about.write_text(json.dumps(kept | {"machine": {"uuid": "0" * 64, "serial": "", "system": ""}}))

    room.laptop("copy")
    wait_for(lambda: "another machine" in told(copy).get("not_enrolled", ""), "why not", seconds=60, step=0.1)
    wait_for(lambda: room.devices()[0]["copied"], "word of the copy", seconds=60, step=0.2)
    assert told(laptop)["enrolled"]
    assert not told(copy)["sensing"]
    page = (copy / "state" / "what-this-device-checks.html").read_text(encoding="utf-8")
    assert "another machine" in page

    # It becomes a laptop of its own by enrolling with a tag of its own.
    (copy / "enrolment.toml").touch(mode=0o600)
    (copy / "enrolment.toml").write_text(room.image("AV-0043"))
    wait_for(lambda: told(copy).get("enrolled"), "the copy by itself", seconds=60, step=0.1)
    assert [one["device"] for one in room.devices()] == ["AV-0042", "AV-0043"]
