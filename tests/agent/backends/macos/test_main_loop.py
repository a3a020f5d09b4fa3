import threading

import pytest
from lamplighter_agent.backends.macos.main_loop import run_beside


def test_the_main_thread_keeps_its_loop_until_the_work_is_over() -> None:
    ended = threading.Event()
    ran: list[str] = []

    def work() -> int:
        ran.append(threading.current_thread().name)
        return 3

    def run() -> None:
        ran.append(threading.current_thread().name)
        assert ended.wait(10)

    assert run_beside(work, run=run, end=ended.set) == 3
    assert sorted(ran) == sorted(["lamplighter-event-loop", threading.current_thread().name])


def test_an_error_of_the_work_is_raised_after_the_loop_ended() -> None:
    ended = threading.Event()

    def work() -> int:
        raise ValueError("broken")

    def ended_by_then() -> None:
        assert ended.wait(10)

    with pytest.raises(ValueError, match="broken"):
        run_beside(work, run=ended_by_then, end=ended.set)
    assert ended.is_set()
