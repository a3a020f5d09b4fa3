"""The explicit nothings."""

import pytest
from lamplighter_agent.backends.null import NullNames, NullSource, NullTerminal
from lamplighter_agent.backends.ports import TerminalState
from lamplighter_agent.errors import BackendUnavailable


async def test_a_null_source_never_starts_and_says_why() -> None:
    source = NullSource("KeySource", "no keyboard", "attach one")
    with pytest.raises(BackendUnavailable) as refused:
        await source.start(lambda _: None, lambda _: None)
    assert (refused.value.reason, refused.value.remedy) == ("no keyboard", "attach one")
    assert source.check().window_id is None
    await source.stop()


def test_the_others_know_nothing() -> None:
    assert NullTerminal().state(1) is TerminalState.UNKNOWN
    assert NullNames().name_of(1) == ""
