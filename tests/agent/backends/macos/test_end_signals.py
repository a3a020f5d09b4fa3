"""A helper of a Mac is ended by its signals at once."""

import signal

from lamplighter_agent.backends.macos.end_signals import on_end_signals


def test_no_handler_is_set() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    on_end_signals(lambda: None)
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
