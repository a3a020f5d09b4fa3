"""Debian's own judge of packages: installed, removed and purged, it leaves what was there as it was."""

import pytest

from tests.support.built import agent_deb
from tests.support.judged import piuparts_finds_nothing

pytestmark = [pytest.mark.installer, pytest.mark.machine, pytest.mark.timeout(600)]


def test_piuparts_finds_nothing() -> None:
    piuparts_finds_nothing(agent_deb())
