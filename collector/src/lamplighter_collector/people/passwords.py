"""Passwords of local accounts: argon2id, with the parameters of RFC 9106 for little memory.

One check takes 64 MiB and some 100 ms, so at most two run at once, on threads of their own and never on the
loop. An unknown login is checked against a hash that nothing matches: the same work is done whether an
account exists or not.
"""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from lamplighter_collector.errors import AccountRefused, Busy

FEWEST_CHARACTERS: Final = 12
MOST_CHARACTERS: Final = 1024
_MOST_WAITING: Final = 32
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is mistaken for something else
_GROUPS, _GROUP_CHARACTERS = 4, 5
HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, type=Type.ID)

Verify = Callable[[str, str], bool]


def verified(hash_: str, password: str) -> bool:
    """Whether the password belongs to the hash. Blocks for about 100 ms."""
    try:
        # A lone surrogate is no character and in no stored password; it must not end in another error.
        return HASHER.verify(hash_, normal(password).encode("utf-8", "replace"))
    except (VerificationError, InvalidHashError):
        return False


def hashed(password: str, hasher: PasswordHasher = HASHER) -> str:
    """The hash to store.

    Raises:
        AccountRefused: the password is too short, too long or can't be typed.
    """
    text = normal(password)
    if not FEWEST_CHARACTERS <= len(text) <= MOST_CHARACTERS:
        raise AccountRefused(f"the password must have {FEWEST_CHARACTERS} to {MOST_CHARACTERS} characters")
    try:
        return hasher.hash(text)
    except UnicodeEncodeError:
        raise AccountRefused("the password holds something that is no character") from None


def normal(password: str) -> str:
    """One form for what two keyboards write differently."""
    return unicodedata.normalize("NFKC", password)


def generated() -> str:
    """A new password of 99 bits that can be read out, such as ``abcde-fghjk-mnpqr-stuvw``."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_CHARACTERS)) for _ in range(_GROUPS))
    return "-".join(groups)


class PasswordCheck:
    """Checks passwords off the loop. ``close`` joins its threads."""

    def __init__(self, verify: Verify = verified) -> None:
        self._verify = verify
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="collector-passwords")
        self._waiting = 0
        self._nobodys = ""

    async def matches(self, hash_: str | None, password: str) -> bool:
        """``hash_`` is None for an unknown login: the same work, and always False.

        Raises:
            Busy: too many are waiting already.
        """
        if self._waiting >= _MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(
                self._threads, self._check, hash_, password[: MOST_CHARACTERS + 1]
            )
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    def _check(self, hash_: str | None, password: str) -> bool:
        if not self._nobodys:
            self._nobodys = hashed(generated())
        matches = self._verify(hash_ or self._nobodys, password)
        return matches and hash_ is not None
