"""When the keyboard hook is taken for gone."""

from lamplighter_agent.backends.windows.hook_watch import HookWatch

HERE, THERE = (5, 5), (6, 5)


def test_keys_that_are_heard_keep_it() -> None:
    watch = HookWatch()
    for tick in (1000, 3000, 5000):
        watch.heard(tick - 16)
        assert not watch.look(tick, HERE)


def test_input_that_nobody_heard_sets_it_anew() -> None:
    watch = HookWatch()
    watch.heard(1000)
    assert not watch.look(1000, HERE)
    assert watch.look(3000, HERE)


def test_a_pointer_that_moves_explains_the_input() -> None:
    watch = HookWatch()
    watch.look(1000, HERE)
    assert not watch.look(3000, THERE)


def test_an_idle_device_is_left_alone() -> None:
    watch = HookWatch()
    assert not any(watch.look(1000, HERE) for _ in range(5))


def test_ticks_that_wrap_are_no_gap() -> None:
    watch = HookWatch()
    watch.look(2**32 - 2000, HERE)
    watch.heard(2**32 - 10)
    assert not watch.look(40, HERE)
