"""One service to a state folder: two would write into one spool and take each other's socket away."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from lamplighter_agent.errors import ConfigError
from lamplighter_agent.files import locked

NAME = "service.lock"


@contextlib.contextmanager
def sole_user(state: Path) -> Iterator[None]:
    """Have the folder to ourselves; raise `ConfigError` where another service has it."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(state / NAME, wait=False))
        except BlockingIOError as error:
            raise ConfigError("paths.state", "another service uses it") from error
        except OSError as error:
            raise ConfigError("paths.state", f"no {NAME} there: {error.strerror}") from error
        yield
