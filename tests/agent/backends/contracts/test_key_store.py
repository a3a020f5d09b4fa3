"""What every store of the device's key must do."""

from pathlib import Path

import pytest

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import MakesStore


@pytest.fixture(params=plugged.KEY_STORES)
def make(request: pytest.FixtureRequest) -> MakesStore:
    found: MakesStore = request.param
    return found


def test_the_key_is_made_once(make: MakesStore, tmp_path: Path) -> None:
    key = make(tmp_path).device_key()
    assert len(key) == 32
    assert make(tmp_path).device_key() == key


def test_the_id_is_made_once_and_outlives_the_key(make: MakesStore, tmp_path: Path) -> None:
    store = make(tmp_path / "one")
    found = store.device_id()
    before = store.device_key()
    store.erase()
    store.erase()
    assert make(tmp_path / "one").device_id() == found
    assert make(tmp_path / "two").device_id() != found
    assert make(tmp_path / "one").device_key() != before
