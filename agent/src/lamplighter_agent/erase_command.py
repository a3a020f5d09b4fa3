"""`lamplighter-agent erase`: what an uninstall does with what this device stored.

Loaded by the command line alone.
"""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from lamplighter_agent import config
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.enrolment import ending
from lamplighter_agent.errors import ConfigError
from lamplighter_agent.options import ConfigOption
from lamplighter_agent.sole import sole_user
from lamplighter_agent.storage import stored_by


def command(
    path: ConfigOption = config.DEFAULT_PATH,
    *,
    settings: Annotated[bool, typer.Option("--settings", help="Remove the configuration, too.")] = False,
) -> None:
    """Make unreadable for ever, and remove, all that this device stored. The service must not run."""
    was_there = run(config.load(path))
    if settings:
        _remove(path)
    typer.echo(
        "erased: this device must be enrolled anew before it senses again"
        if was_there
        else "nothing is stored on this device"
    )


def run(settings: AgentConfig) -> bool:
    """Destroy the key first, so that a stop half way leaves nothing readable; raises `ConfigError`.

    Tells whether anything was there.
    """
    try:
        if not settings.state.exists():
            return False
        with sole_user(settings.state):
            ending.erase(stored_by(settings))
        shutil.rmtree(settings.state)
    except OSError as error:
        raise ConfigError("paths.state", f"can't be erased: {error.strerror}") from error
    return True


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError("--settings", f"can't be removed: {error.strerror}") from error
