"""What a thread hands to the loop."""

import asyncio
import threading
from collections.abc import Callable

from lamplighter_agent.backends.to_loop import poster


async def test_a_thread_has_something_called_on_the_loop() -> None:
    called: asyncio.Future[tuple[str, int]] = asyncio.get_running_loop().create_future()
    post = poster()
    thread = threading.Thread(target=lambda: post(lambda *told: called.set_result(told), "lamp", 4))
    thread.start()
    assert await called == ("lamp", 4)
    await asyncio.to_thread(thread.join)


def test_what_comes_after_the_loop_s_end_is_for_nobody() -> None:
    called: list[int] = []

    async def made() -> Callable[..., None]:
        return poster()

    post = asyncio.run(made())
    post(called.append, 1)
    assert called == []
