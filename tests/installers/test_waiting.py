import threading
import time

import pytest

from installers.quickstart.waiting import wait_for


def test_the_first_true_answer_is_given() -> None:
    answers = iter([0, 0, 7])
    assert wait_for(lambda: next(answers), "the third") == 7


def test_seconds_are_seconds_however_long_a_look_takes() -> None:
    looks: list[float] = []

    def look() -> None:
        looks.append(time.monotonic())
        threading.Event().wait(0.2)

    with pytest.raises(TimeoutError, match="nothing"):
        wait_for(look, "nothing", seconds=0.3)
    assert len(looks) == 3, "one is begun after the deadline"
