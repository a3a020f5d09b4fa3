"""What may wait for hardware without end is called on a thread of its own, one for each call.

Not on the loop's threads, which everybody shares: media that don't answer would have them all in the end, and
nothing else would get on. A thread of this kind is a daemon, so that the service ends although one waits.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from lamplighter_agent.backends.to_loop import poster

T = TypeVar("T")


async def apart(function: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Call it beside the loop and return what it returns, or raise what it raises.

    Who is cancelled meanwhile waits no more; the call goes on to its end.
    """
    answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    post = poster()

    def call() -> None:
        try:
            result = function(*arguments, **named)
        except Exception as error:  # noqa: BLE001 - whoever waits gets it
            post(_fail, answer, error)
        else:
            post(_answer, answer, result)

    threading.Thread(target=call, name="media: the system", daemon=True).start()
    return await answer


def _answer(answer: asyncio.Future[T], result: T) -> None:
    if not answer.done():
        answer.set_result(result)


def _fail(answer: asyncio.Future[T], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
