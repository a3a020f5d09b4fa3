"""Where a running collector takes enrolments: noted for the command line, which must tell technicians."""

import json
from pathlib import Path
from typing import Final

from lamplighter_collector.config import Config
from lamplighter_collector.errors import ConfigError

_FILE: Final = "listening.json"


def note(state: Path, *, enrolment: str) -> None:
    """Keep the bound address, which may have been the system's choice."""
    aside = state / f"{_FILE}.new"
    aside.write_text(json.dumps({"enrolment": enrolment}), encoding="utf-8")
    aside.replace(state / _FILE)


def enrolment_address(config: Config) -> str:
    """What a device is told: host:port.

    Raises:
        ConfigError: the settings leave it to the system, and no collector has run here yet.
    """
    if config.enrolment.public or config.enrolment.listen.port:
        return config.enrolment.told(config.enrolment.listen)
    try:
        found = json.loads((config.state / _FILE).read_text(encoding="utf-8"))["enrolment"]
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError("enrolment.listen", "has no port, and no collector has run here yet") from error
    return str(found)
