"""What every backend must do that says whether a terminal may be read, or what a process is called."""

import subprocess
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from lamplighter_agent.backends.ports import ApplicationNames, Terminal, TerminalState

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import TerminalStage
from tests.support.sensed import eventually


@pytest_asyncio.fixture(params=plugged.TERMINALS)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[TerminalStage]:
    async with request.param(request) as opened:
        yield opened


def gone() -> int:
    """Return the number of a process that has ended."""
    with subprocess.Popen(["true"]) as child:
        child.wait()
    return child.pid


async def becomes(stage: TerminalStage, state: TerminalState) -> None:
    await eventually(lambda: stage.terminal.state(stage.pid) is state, f"{state}")


async def test_a_prompt_is_read_a_secret_is_not_and_then_again(stage: TerminalStage) -> None:
    await becomes(stage, TerminalState.READABLE)
    await stage.ask_secret()
    await becomes(stage, TerminalState.SECRET)
    await stage.leave()
    await becomes(stage, TerminalState.READABLE)


async def test_a_process_that_is_gone_is_unknown(stage: TerminalStage) -> None:
    assert stage.terminal.state(gone()) is TerminalState.UNKNOWN


@pytest.mark.parametrize("make", plugged.KNOW_NOTHING)
def test_what_can_not_be_told_is_unknown(make: Callable[[], Terminal]) -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        assert make().state(child.pid) is TerminalState.UNKNOWN
        child.kill()


@pytest.mark.parametrize("make", plugged.NAMES)
def test_nobody_has_no_name(make: Callable[[], ApplicationNames]) -> None:
    assert make().name_of(None) == ""
    assert make().name_of(gone()) == ""
