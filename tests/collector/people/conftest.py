from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.people.accounts import Accounts

from tests.support.collector import ORGANISATION
from tests.support.sealed import seals_in


@pytest.fixture
def seals(tmp_path: Path) -> Iterator[Seals]:
    with seals_in(tmp_path) as seals:
        yield seals


@pytest.fixture
def accounts(seals: Seals) -> Accounts:
    return Accounts(ORGANISATION, seals)
