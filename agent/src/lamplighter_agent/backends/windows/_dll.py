"""Opens a system library and gives its functions their types, for the one module that each library has.

Only 64-bit Windows is served, where there is one calling convention, so that `CDLL` is right for all of them.
"""

import ctypes
from collections.abc import Callable
from typing import Any

from lamplighter_agent.errors import BackendUnavailable


class Library:
    """One library of the system, opened by its bare name from the system folder."""

    def __init__(self, name: str) -> None:
        """Open it; raise `BackendUnavailable` where there is none."""
        self._name = name
        try:
            self._library = ctypes.CDLL(f"{name}.dll", use_last_error=True)
        except OSError as error:
            raise BackendUnavailable(
                name, f"{name}.dll can't be opened", "use 64-bit Windows 10 or 11"
            ) from error

    def function(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
        """Return a function with its prototype; raise `BackendUnavailable` where the library lacks it."""
        try:
            found = self._library[name]
        except AttributeError as error:
            raise BackendUnavailable(self._name, f"{name} is missing", "use Windows 10 or 11") from error
        found.restype = result
        found.argtypes = list(arguments)
        return found
