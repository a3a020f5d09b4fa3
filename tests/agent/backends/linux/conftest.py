import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.guard_driver import DrivenGuard
from tests.support.media_world import MediaWorld, WorldStick, media_world
from tests.support.released import ESSAY
from tests.support.sticks import Stick
from tests.support.system_bus import system_bus


@pytest_asyncio.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """Of a message bus that only this test has; its folder is the test's own."""
    async with system_bus(tmp_path) as address:
        yield address


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWorld]:
    """The small machine with udev, UDisks and polkit that portable media are put into."""
    with media_world(tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest_asyncio.fixture
async def guard(world: MediaWorld) -> AsyncIterator[DrivenGuard]:
    """A guard of its own for each test, in a world where nothing is released."""
    driven = DrivenGuard(world)
    await driven.withdraw_all()
    yield driven
    driven.close()


@pytest.fixture
def stick(world: MediaWorld, request: pytest.FixtureRequest) -> Iterator[WorldStick]:
    """A stick that is in, with an essay on it."""
    made = world.make_stick(f"stick-{abs(hash(request.node.nodeid))}", files=ESSAY)
    yield world.put_in(made)
    if made.node:
        world.take_out(made)


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[tuple[Stick, Path]]:
    """A stick that is mounted, and where."""
    image, place = tmp_path / "image", tmp_path / "mounted"
    with image.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    made = Stick(image)
    made.put_in()
    place.mkdir()
    subprocess.run(["mount", made.node, str(place)], check=True)
    (place / "essay.txt").write_text("about lamps")
    for one in (place, *place.parents[:3]):
        one.chmod(0o755)
    yield made, place
    if os.path.ismount(place):
        subprocess.run(["umount", str(place)], check=True)
    made.take_out()
