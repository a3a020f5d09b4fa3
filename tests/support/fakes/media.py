"""Portable media that a test puts in and takes out."""

from collections.abc import Callable

from lamplighter_agent.backends.media_ports import MediaChange, Medium, Volume
from lamplighter_agent.backends.ports import Failed
from lamplighter_agent.errors import BackendUnavailable

STICK = Medium(
    key="/devices/stick",
    bus="usb",
    vendor="Example",
    model="Stick",
    vendor_id="0951",
    product_id="1666",
    serial="0042",
    size_bytes=16_000_000_000,
    interfaces=("080650",),
    node="/dev/sdz",
    sequence=7,
    volumes=(Volume(node="/dev/sdz1", file_system="vfat", size_bytes=15_999_000_000, sequence=7),),
)


class FakeMedia:
    """Fills `MediaWatch`."""

    name = "fake media"

    def __init__(self) -> None:
        self.unavailable: BackendUnavailable | None = None
        # What it goes on without.
        self.lacking: BackendUnavailable | None = None
        self.starts = 0
        self._in: dict[str, Medium] = {}
        self._sink: Callable[[MediaChange], None] | None = None
        self._failed: Failed | None = None

    async def start(self, sink: Callable[[MediaChange], None], failed: Failed) -> None:
        self.starts += 1
        if self.unavailable is not None:
            raise self.unavailable
        self._sink, self._failed = sink, failed
        for medium in self._in.values():
            sink(MediaChange(medium=medium, present=True, route="present at the start"))

    def lacks(self) -> BackendUnavailable | None:
        return self.lacking

    async def stop(self) -> None:
        self._sink = self._failed = None

    def put_in(self, medium: Medium = STICK) -> None:
        self._in[medium.key] = medium
        self._tell(medium, present=True)

    def take_out(self, medium: Medium = STICK) -> None:
        del self._in[medium.key]
        self._tell(medium, present=False)

    def fail(self, problem: BackendUnavailable) -> None:
        failed, self._sink = self._failed, None
        assert failed is not None
        failed(problem)

    def _tell(self, medium: Medium, *, present: bool) -> None:
        if self._sink is not None:
            self._sink(MediaChange(medium=medium, present=present, route="fake"))
