import threading

import pytest
from lamplighter_agent.backends.macos.main_loop import run_beside, run_session
from lamplighter_agent.errors import BackendUnavailable


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


class Loop:
    """A main thread's loop."""

    def __init__(self) -> None:
        self.ran = False
        self._ended = threading.Event()

    def run(self) -> None:
        self.ran = self._ended.wait(10)

    def end(self) -> None:
        self._ended.set()


def test_the_helper_s_work_has_a_loop_of_its_own_beside_cocoa_s() -> None:
    loop = Loop()

    async def work() -> int:
        return int(threading.current_thread() is not threading.main_thread())

    assert run_session(work, lambda: loop) == 1
    assert loop.ran


def test_without_cocoa_the_work_runs_all_the_same_and_can_say_so() -> None:
    def none() -> Loop:
        raise BackendUnavailable("Application", "pyobjc is not there", "install it")

    async def work() -> int:
        return int(threading.current_thread() is threading.main_thread())

    assert run_session(work, none) == 1
