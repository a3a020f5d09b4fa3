"""What a technician sets: one TOML file, read once at start, refused whole when any of it is wrong.

An unknown key stops the agent and is named, since a misspelt key would otherwise be a setting that silently
does not hold. Whose device this is and where it delivers is not set here: enrolment says it.

The keys are documented in agent/README.md; a test holds the two together.
"""

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lamplighter_agent.backends.select_process import PLACES
from lamplighter_agent.errors import ConfigError

DEFAULT_PATH = Path(PLACES.config)
KINDS = ("pupil", "staff")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionConfig:
    """Who counts as what on this device, and the group that only our session helper carries."""

    # Empty: as the device was enrolled.
    default_kind: str = ""
    staff_users: frozenset[str] = frozenset()
    staff_groups: frozenset[str] = frozenset()
    # Accounts that several people use, and those where nobody signs in.
    shared_users: frozenset[str] = frozenset()
    kiosk_users: frozenset[str] = frozenset()
    group: str = "lamplighter"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopConfig:
    """The graphical session to watch, where it is told and not found."""

    display: str
    user: str | None = None
    xauthority: str | None = None
    wayland_display: str | None = None
    sway_socket: str | None = None
    dbus_session_bus_address: str | None = None
    xdg_runtime_dir: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaConfig:
    """What portable media are scanned with, where it is not what the system's packages set up."""

    clamd: Path | None = None
    rules: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """All settings, checked."""

    state: Path
    runtime: Path
    session: SessionConfig
    desktop: DesktopConfig | None
    media: MediaConfig = field(default_factory=MediaConfig)
    # Where these settings were read from.
    file: Path = DEFAULT_PATH

    @property
    def socket(self) -> Path:
        return self.runtime / "service.sock"

    @property
    def status_file(self) -> Path:
        return self.state / "status.json"

    @property
    def spool_folder(self) -> Path:
        return self.state / "spool"


class _Table:
    """One table of the file; `close` refuses whatever nobody asked for."""

    def __init__(self, name: str, values: object) -> None:
        if not isinstance(values, dict):
            raise ConfigError(name, "must be a table")
        self._name = name
        self._values: dict[str, Any] = dict(values)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._values.pop(key, default)
        if value is None:
            raise ConfigError(f"{self._name}.{key}", "is missing")
        if not isinstance(value, str):
            raise ConfigError(f"{self._name}.{key}", "must be text")
        return value

    def optional(self, key: str) -> str | None:
        return self.text(key, "") or None

    def path(self, key: str) -> Path | None:
        value = self.optional(key)
        if value is not None and not Path(value).is_absolute():
            raise ConfigError(f"{self._name}.{key}", "must be a whole path")
        return None if value is None else Path(value)

    def names(self, key: str) -> frozenset[str]:
        value = self._values.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ConfigError(f"{self._name}.{key}", "must be a list of names")
        return frozenset(value)

    def close(self) -> None:
        for key in self._values:
            raise ConfigError(f"{self._name}.{key}", "unknown setting")


def load(path: Path) -> AgentConfig:
    """Read and check a file; raise `ConfigError` with the key at fault."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(str(path), error.strerror or "can't be read") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(str(path), f"is not TOML: {error}") from error
    return replace(parse(content), file=path.absolute())


def parse(content: dict[str, Any]) -> AgentConfig:
    """Check what a file says; raise `ConfigError` with the key at fault."""
    tables = dict(content)
    paths = _Table("paths", tables.pop("paths", {}))
    config = AgentConfig(
        state=Path(paths.text("state", PLACES.state)),
        runtime=Path(paths.text("runtime", PLACES.runtime)),
        session=_session(tables.pop("session", {})),
        desktop=_desktop(tables.pop("desktop", None)),
        media=_media(tables.pop("media", {})),
    )
    paths.close()
    for name in tables:
        raise ConfigError(name, "unknown setting")
    return config


def _session(values: object) -> SessionConfig:
    table = _Table("session", values)
    config = SessionConfig(
        default_kind=table.text("default_kind", ""),
        staff_users=table.names("staff_users"),
        staff_groups=table.names("staff_groups"),
        shared_users=table.names("shared_users"),
        kiosk_users=table.names("kiosk_users"),
        group=table.text("group", "lamplighter"),
    )
    table.close()
    if config.default_kind not in ("", *KINDS):
        raise ConfigError("session.default_kind", f"must be one of {', '.join(KINDS)}")
    return config


def _media(values: object) -> MediaConfig:
    table = _Table("media", values)
    config = MediaConfig(clamd=table.path("clamd"), rules=table.path("rules"))
    table.close()
    return config


def _desktop(values: object) -> DesktopConfig | None:
    if values is None:
        return None
    table = _Table("desktop", values)
    config = DesktopConfig(
        display=table.text("display"),
        user=table.optional("user"),
        xauthority=table.optional("xauthority"),
        wayland_display=table.optional("wayland_display"),
        sway_socket=table.optional("sway_socket"),
        dbus_session_bus_address=table.optional("dbus_session_bus_address"),
        xdg_runtime_dir=table.optional("xdg_runtime_dir"),
        language=table.optional("language"),
    )
    table.close()
    return config
