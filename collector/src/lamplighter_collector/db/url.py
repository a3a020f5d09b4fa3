"""Which store a settings file may name. Pure, and free of SQLAlchemy, so that reading settings stays quick.

A message never quotes the address: it may hold a password.
"""

import ipaddress
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from lamplighter_collector.errors import ConfigError

_SQLITE: Final = "sqlite:///"
_POSTGRESQL: Final = "postgresql+psycopg"
_OPTIONS: Final = frozenset(
    {"host", "passfile", "sslcert", "sslkey", "sslmode", "sslrootcert", "target_session_attrs"}
)


def store_url(text: str, folder: Path, *, key: str = "store.url") -> str:
    """The address that the setting ``key`` names; a relative file is relative to ``folder``.

    Raises:
        ConfigError: it is neither a file of SQLite nor a database of PostgreSQL, or would send what it holds
            over a network that nobody vouches for.
    """
    if text.startswith(_SQLITE) and text != _SQLITE:
        return f"{_SQLITE}{folder / text.removeprefix(_SQLITE)}"
    if text.startswith(f"{_POSTGRESQL}://"):
        _check_postgresql(text, key)
        return text
    raise ConfigError(key, f"must be {_SQLITE} and the path of a file, or {_POSTGRESQL}:// and a database")


def holds_password(url: str) -> bool:
    return url.startswith(_POSTGRESQL) and urlsplit(url).password is not None


def _check_postgresql(text: str, key: str) -> None:
    try:
        parts = urlsplit(text)
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
        _ = parts.port
    except ValueError:
        raise ConfigError(key, "is no address: mind the port and the characters of the password") from None
    if not parts.path.strip("/"):
        raise ConfigError(key, "names no database")
    if unknown := sorted(set(options) - _OPTIONS):
        raise ConfigError(key, f"may not have {', '.join(unknown)}, only {', '.join(sorted(_OPTIONS))}")
    if _leaves_the_machine(parts, options.get("host", [])) and options.get("sslmode") != ["verify-full"]:
        raise ConfigError(key, "a database on another machine needs sslmode=verify-full and sslrootcert")


def _leaves_the_machine(parts: SplitResult, hosts: list[str]) -> bool:
    """Whether a host is anything but a socket's folder or a loopback address."""
    return not all(_is_here(host) for host in [parts.hostname or "", *hosts])


def _is_here(host: str) -> bool:
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
