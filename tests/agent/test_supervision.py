import asyncio

import pytest
from lamplighter_agent.errors import PartEnded, SpoolError
from lamplighter_agent.supervision import first_end, told_at_once
from structlog.testing import capture_logs


async def failing(error: Exception | None) -> None:
    if error is not None:
        raise error


async def test_the_wish_to_stop_ends_the_wait() -> None:
    stop = asyncio.Event()
    part = asyncio.create_task(asyncio.sleep(60), name="recorder")
    stop.set()
    await first_end((stop,), (part,))
    part.cancel()
    await asyncio.gather(part, return_exceptions=True)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (RuntimeError("zebra lantern"), "courier ended: RuntimeError"),
        (SpoolError("the spool is closed"), "courier ended: SpoolError: the spool is closed"),
        (None, "courier ended: without an error"),
    ],
)
async def test_a_part_that_ends_is_told_without_text(error: Exception | None, problem: str) -> None:
    living = asyncio.create_task(asyncio.sleep(60), name="recorder")
    ending = asyncio.create_task(failing(error), name="courier")
    with capture_logs() as logs, pytest.raises(PartEnded) as ended:
        await first_end((asyncio.Event(),), (living, ending))
    assert str(ended.value) == problem
    assert ended.value.__context__ is None
    assert [line["problem"] for line in logs] == [problem]
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)


@pytest.mark.fault
async def test_what_a_task_fails_with_is_told_as_it_ends_by_its_kind() -> None:
    with capture_logs() as logs:
        kept = [
            told_at_once(asyncio.create_task(failing(KeyError("zebra lantern")), name="help")),
            told_at_once(asyncio.create_task(failing(None), name="notice")),
            told_at_once(asyncio.create_task(asyncio.sleep(60), name="strip")),
        ]
        kept[2].cancel()
        await asyncio.wait(kept)
    assert [(line["task"], line["problem"]) for line in logs] == [("help", "KeyError")]
