"""What a technician sets: one TOML file, read once at start, refused whole when any of it is wrong.

An unknown key stops the agent and is named, since a misspelt key would otherwise be a setting that silently
does not hold. A file that a key names must exist. A device without a certificate or without an asset tag is
*not enrolled*: that is not an error, but nothing is sensed on it and `status` says so.

The keys are documented in agent/README.md; a test holds the two together.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamplighter_agent.errors import ConfigError

DEFAULT_PATH = Path("/etc/lamplighter/agent.toml")
KINDS = ("pupil", "staff")


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorConfig:
    """Where detections go, and the identity that may send them. Mutual TLS: there is no weaker form."""

    address: str
    server_name: str
    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionConfig:
    """Who counts as what on this device, and the group that only our session helper carries."""

    default_kind: str = "pupil"
    staff_users: frozenset[str] = frozenset()
    staff_groups: frozenset[str] = frozenset()
    # Staff are not sensed before somebody entered where their assessment is kept.
    staff_dpia: str = ""
    group: str = "lamplighter"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopConfig:
    """The graphical session to watch, where it is told and not found."""

    display: str
    user: str | None = None
    xauthority: str | None = None
    dbus_session_bus_address: str | None = None
    xdg_runtime_dir: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """All settings, checked."""

    organisation: str
    asset_tag: str
    collector: CollectorConfig | None
    state: Path
    runtime: Path
    session: SessionConfig
    desktop: DesktopConfig | None

    @property
    def not_enrolled(self) -> str:
        """Return why this device may not be watched; empty when it is enrolled."""
        if not self.asset_tag:
            return "no asset tag: nobody attested that this device belongs to the setting"
        if self.collector is None:
            return "no certificate: this device is not enrolled with a collector"
        return ""

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

    def names(self, key: str) -> frozenset[str]:
        value = self._values.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ConfigError(f"{self._name}.{key}", "must be a list of names")
        return frozenset(value)

    def file(self, key: str, *, check: bool) -> Path:
        path = Path(self.text(key))
        try:
            missing = check and not path.is_file()
        except OSError as error:
            raise ConfigError(f"{self._name}.{key}", f"{path}: {error.strerror}") from error
        if missing:
            raise ConfigError(f"{self._name}.{key}", f"no such file: {path}")
        return path

    def close(self) -> None:
        for key in self._values:
            raise ConfigError(f"{self._name}.{key}", "unknown setting")


def load(path: Path, *, check_files: bool = True) -> AgentConfig:
    """Read and check a file; raise `ConfigError` with the key at fault.

    Without `check_files` the files that it names need not be there or readable: `status` opens none of them,
    and an ordinary user may not even see the key.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(str(path), error.strerror or "can't be read") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(str(path), f"is not TOML: {error}") from error
    return parse(content, check_files=check_files)


def parse(content: dict[str, Any], *, check_files: bool = True) -> AgentConfig:
    """Check what a file says; raise `ConfigError` with the key at fault."""
    tables = dict(content)
    organisation = _Table("organisation", tables.pop("organisation", {}))
    paths = _Table("paths", tables.pop("paths", {}))
    config = AgentConfig(
        organisation=_named(organisation, "name"),
        asset_tag=organisation.text("asset_tag", "").strip(),
        collector=_collector(tables.pop("collector", None), check_files=check_files),
        state=Path(paths.text("state", "/var/lib/lamplighter")),
        runtime=Path(paths.text("runtime", "/run/lamplighter")),
        session=_session(tables.pop("session", {})),
        desktop=_desktop(tables.pop("desktop", None)),
    )
    organisation.close()
    paths.close()
    for name in tables:
        raise ConfigError(name, "unknown setting")
    return config


def _named(table: _Table, key: str) -> str:
    value = table.text(key).strip()
    if not value:
        raise ConfigError(f"organisation.{key}", "is empty")
    return value


def _collector(values: object, *, check_files: bool) -> CollectorConfig | None:
    """Return None where there is no certificate yet: an address alone is no identity."""
    if values is None:
        return None
    table = _Table("collector", values)
    address = table.text("address", "")
    server_name = table.text("server_name", "")
    if not (isinstance(values, dict) and values.get("certificate")):
        for key in ("ca", "certificate", "key"):
            table.text(key, "")
        table.close()
        return None
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigError("collector.address", "must be host:port")
    config = CollectorConfig(
        address=address,
        server_name=server_name or host,
        ca=table.file("ca", check=check_files),
        certificate=table.file("certificate", check=check_files),
        key=table.file("key", check=check_files),
    )
    table.close()
    return config


def _session(values: object) -> SessionConfig:
    table = _Table("session", values)
    config = SessionConfig(
        default_kind=table.text("default_kind", "pupil"),
        staff_users=table.names("staff_users"),
        staff_groups=table.names("staff_groups"),
        staff_dpia=table.text("staff_dpia", "").strip(),
        group=table.text("group", "lamplighter"),
    )
    table.close()
    if config.default_kind not in KINDS:
        raise ConfigError("session.default_kind", f"must be one of {', '.join(KINDS)}")
    return config


def _desktop(values: object) -> DesktopConfig | None:
    if values is None:
        return None
    table = _Table("desktop", values)
    config = DesktopConfig(
        display=table.text("display"),
        user=table.optional("user"),
        xauthority=table.optional("xauthority"),
        dbus_session_bus_address=table.optional("dbus_session_bus_address"),
        xdg_runtime_dir=table.optional("xdg_runtime_dir"),
        language=table.optional("language"),
    )
    table.close()
    return config
