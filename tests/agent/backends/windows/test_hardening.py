"""What is said where Windows' libraries are not there; what holds on wine is `make wine`'s to prove."""

from lamplighter_agent.backends.windows.hardening import NOT_LOCKED, harden


def test_without_them_nothing_is_claimed() -> None:
    found = harden()
    assert not found.not_dumpable
    assert not found.no_core
    assert not found.memory_locked
    assert found.reason == NOT_LOCKED
