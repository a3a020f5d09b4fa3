"""One service to a state folder: two would write into one spool and take each other's socket away.

The kernel keeps the lock and lets go of it at the end of the process, however that comes. The file stays: to
unlink it would let a third one lock another file of the same name.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from lamplighter_agent.errors import ConfigError

NAME = "service.lock"


@contextlib.contextmanager
def sole_user(state: Path) -> Iterator[None]:
    """Have the folder to ourselves; raise `ConfigError` where another service has it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(state / NAME, flags, 0o600)
    except OSError as error:
        raise ConfigError("paths.state", f"no {NAME} there: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError("paths.state", "another service uses it") from error
        yield
    finally:
        os.close(descriptor)
