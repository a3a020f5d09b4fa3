"""Backends of a sway session, on a real one without a screen."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from lamplighter_agent.backends.linux.sway_foreground import SwayForeground
from lamplighter_agent.backends.linux.wayland_indicator import SwayIndicator
from lamplighter_agent.backends.sign import Sign

from tests.agent.backends.contracts.stages import Doomed
from tests.support.sway import SwayDesktop, ordinary_user, running_sway


class SwayStripStage:
    """The strip, seen by sway's own program."""

    def __init__(self, desktop: SwayDesktop) -> None:
        self._desktop = desktop
        self.indicator = SwayIndicator(
            Sign(organisation="Larkhill Bridge School"),
            display_name=desktop.environment["DISPLAY"],
            path=desktop.environment["SWAYSOCK"],
        )

    def visible(self) -> bool:
        return any(node["visible"] for node in self._desktop.nodes() if node.get("pid") == os.getpid())

    def take_away(self) -> None:
        """Move it off the screen, as a person's key binding may."""
        self._desktop.tell("[title=Lamplighter] move position 4000 4000")


@asynccontextmanager
async def strip(_: pytest.FixtureRequest) -> AsyncIterator[SwayStripStage]:
    with running_sway(user=ordinary_user()) as desktop:
        stage = SwayStripStage(desktop)
        try:
            yield stage
        finally:
            await stage.indicator.stop()


@asynccontextmanager
async def doomed_foreground(_: pytest.FixtureRequest) -> AsyncIterator[Doomed]:
    with running_sway(user=ordinary_user()) as desktop:
        yield Doomed(SwayForeground(desktop.environment["SWAYSOCK"]), desktop.kill_compositor)
