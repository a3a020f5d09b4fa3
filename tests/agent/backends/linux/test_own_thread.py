"""Calls that may never come back: what they keep from nobody else."""

import asyncio
import threading

import pytest
from lamplighter_agent.backends.linux._own_thread import apart


async def test_what_a_call_returns_or_raises_is_returned_or_raised() -> None:
    assert await apart(divmod, 7, 2) == (3, 1)
    assert await apart(int, "11", base=2) == 3
    with pytest.raises(FileNotFoundError):
        await apart(open, "/no/such/file")


async def test_calls_that_hang_hold_up_no_other() -> None:
    goes_on = threading.Event()
    hung = [asyncio.create_task(apart(goes_on.wait)) for _ in range(64)]
    assert await apart(len, "abc") == 3
    assert await asyncio.to_thread(len, "abc") == 3
    # Who is cancelled waits no more, whether or not the call comes back.
    hung[0].cancel()
    await asyncio.wait({hung[0]})
    assert not any(one.done() for one in hung[1:])
    goes_on.set()
    assert all(await asyncio.gather(*hung[1:]))
