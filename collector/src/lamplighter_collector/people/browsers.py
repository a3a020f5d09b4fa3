"""Browsers that signed in with a login before: so that strangers' guesses at it do not lock them out.

What such a browser keeps is a random name and a keyed hash of that name and the login's pseudonym. It opens
nothing: it only gives the browser a count of attempts of its own for that one login.
"""

import hmac
import re
import secrets
from typing import Final

from lamplighter_collector.keys.sealing import Seals

_KNOWN: Final = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{32})")


class Browsers:
    """Makes and recognises what browsers keep."""

    def __init__(self, seals: Seals) -> None:
        self._seals = seals

    def known(self, login: str) -> str:
        """For a browser that has just signed in; ``login`` is a pseudonym."""
        name = secrets.token_hex(16)
        return f"{name}.{self._proof(name, login)}"

    def recognised(self, kept: str, login: str) -> str:
        """The name of a browser that signed in with this login before; empty for any other text."""
        match = _KNOWN.fullmatch(kept)
        if match is None or not hmac.compare_digest(match[2], self._proof(match[1], login)):
            return ""
        return match[1]

    def _proof(self, name: str, login: str) -> str:
        return self._seals.pseudonym("browser", f"{name}.{login}")
