"""The fake key source keeps the contract that the real ones keep."""

import pytest

from tests.contracts.key_source import KeySourceContract
from tests.support.fakes.keyboard import FakeKeyboard
from tests.support.fakes.keys import FakeKeys


class TestFakeKeys(KeySourceContract):
    @pytest.fixture
    def source(self) -> FakeKeys:
        return FakeKeys()

    @pytest.fixture
    def keyboard(self, source: FakeKeys) -> FakeKeyboard:
        return FakeKeyboard(source)
