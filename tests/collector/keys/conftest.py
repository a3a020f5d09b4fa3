from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_collector.keys.sealing import Seals

from tests.support.sealed import seals_in


@pytest.fixture
def seals(tmp_path: Path) -> Iterator[Seals]:
    with seals_in(tmp_path) as seals:
        yield seals
