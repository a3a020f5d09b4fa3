"""What a domain needs of the store's only writer: to run something in a transaction of its."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

_T = TypeVar("_T")


class Transact(Protocol):
    """Runs something in a transaction between the writer's groups.

    Raises:
        StoreUnavailable: nothing was changed.
    """

    def __call__(self, action: Callable[[Connection], _T], /) -> Awaitable[_T]: ...
