"""One ``serve`` to a file of SQLite: two would each believe that they alone write it, and tell pages half.

PostgreSQL is made for several. The kernel keeps the lock and lets go of it at the end of the process, however
that comes. The file stays: to unlink it would let a third one lock another file of the same name.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from lamplighter_collector.errors import ConfigError

_ENDING: Final = ".serving"


@contextlib.contextmanager
def sole_server(url: str) -> Iterator[None]:
    """Have the store to ourselves, as far as ``serve`` goes; verbs of the command line work beside it.

    Raises:
        ConfigError: another ``serve`` has it, or its folder can't be written.
    """
    found = make_url(url)
    if found.get_backend_name() != "sqlite":
        yield
        return
    store = Path(found.database or "")
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(store.with_name(store.name + _ENDING), flags, 0o600)
    except OSError as error:
        raise ConfigError("store.url", f"{store}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError("store.url", f"another collector serves {store} already") from None
        yield
    finally:
        os.close(descriptor)
