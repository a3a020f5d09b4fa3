import pytest

from tests.contracts.media_watch import MediaWatchContract
from tests.support.fakes.media import FakeMedia


class TestFakeMedia(MediaWatchContract):
    @pytest.fixture
    def watch(self) -> FakeMedia:
        self.fake = FakeMedia()
        return self.fake

    async def put_in(self) -> None:
        self.fake.put_in()

    async def take_out(self) -> None:
        self.fake.take_out()
