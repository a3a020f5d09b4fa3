"""What BitLocker says of volumes."""

import json

import pytest
from lamplighter_agent.backends.windows._bitlocker import protections_in

from tests.support.fakes.windows_media import VOLUME


def test_one_volume_is_told_as_several_are() -> None:
    one = {"name": VOLUME, "status": 2}
    assert protections_in(json.dumps(one).encode()) == {VOLUME: 2}
    assert protections_in(json.dumps([one, {"name": "x", "status": 0}]).encode()) == {VOLUME: 2, "x": 0}


@pytest.mark.parametrize("told", [b"", b"null", b"Get-CimInstance : Access denied", b"[1]", b'{"name": "x"}'])
def test_where_it_can_t_be_asked_nothing_is_known(told: bytes) -> None:
    assert protections_in(told) == {}
