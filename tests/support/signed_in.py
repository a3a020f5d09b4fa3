"""Accounts for tests, and browsers that are signed in through the real form."""

from typing import Final

from argon2 import PasswordHasher

CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""For accounts of tests: a hash names its own parameters, so the collector checks these as cheaply."""
