"""The settings file, read once at start.

``load`` answers a complete ``Config`` or raises `ConfigError` with the key that is wrong. Unknown keys are
errors, so that a misspelt setting is never silently a default. Relative paths are relative to the settings
file. Nothing here opens a socket or a database, and nothing is read from the environment.
"""

import ipaddress
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lamplighter_collector.db.url import holds_password, store_url
from lamplighter_collector.errors import ConfigError

_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "organisation": frozenset({"name"}),
    "bundles": frozenset({"first_policy"}),
    "store": frozenset({"url"}),
    "paths": frozenset({"state"}),
    "keys": frozenset({"folder", "url"}),
    "ingest": frozenset({"listen", "public"}),
    "enrolment": frozenset({"listen", "public"}),
    "web": frozenset({"listen", "certificate", "key", "names"}),
}
_LONGEST_NAME = 128
_PUBLIC: Final = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
_LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
HOST_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a listener is bound. Port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A port for devices: where it is bound, and where devices are told to find it if that is elsewhere."""

    listen: Address
    public: str

    def told(self, bound: Address) -> str:
        """Where devices find it: host:port."""
        return self.public or str(bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysConfig:
    """Where the master key and the key ring are. Never inside a backup of the store."""

    folder: Path
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """Where people read, and under which host names. Beyond this machine only over TLS."""

    listen: Address
    certificate: Path | None
    key: Path | None
    names: frozenset[str]

    @property
    def secure(self) -> bool:
        return self.certificate is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What an administrator decides."""

    organisation: str
    store_url: str = field(repr=False)
    state: Path
    """The folder of the collector's secrets."""
    keys: KeysConfig
    ingest: Listener
    enrolment: Listener
    web: WebConfig
    first_policy: Path | None = None
    """What the very first bundle says of devices; afterwards `bundles publish --policy` does."""


def load(path: Path) -> Config:
    """Read and validate the settings file.

    Raises:
        ConfigError: the file or one of its keys is missing, unknown or wrong.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        # By package and by hand they are at different places: the path that was looked at stands before it.
        what = "no such file: run `lamplighter-collector setup` first, or name the settings by --config"
        raise ConfigError(str(path), what) from error
    except OSError as error:
        raise ConfigError(str(path), error.strerror or "can't be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"is not TOML: {error}") from error
    config = config_of(document, path.resolve().parent)
    for key, url in (("store.url", config.store_url), ("keys.url", config.keys.url)):
        if holds_password(url) and path.stat().st_mode & stat.S_IROTH:
            raise ConfigError(key, f"holds a password, so not everybody may read {path}: chmod o-r")
    return config


def config_of(document: Mapping[str, object], folder: Path) -> Config:
    """The settings of a document that lies, or is going to lie, in ``folder``.

    Raises:
        ConfigError: one of its keys is missing, unknown or wrong.
    """
    return _Reader(document, folder).config()


class _Reader:
    """Takes settings out of a document by dotted key and names the key that is wrong."""

    def __init__(self, document: Mapping[str, object], folder: Path) -> None:
        self._document = document
        self._folder = folder

    def config(self) -> Config:
        self._refuse_unknown()
        state = self._folder / self._text("paths.state", "state")
        return Config(
            organisation=self._name("organisation.name"),
            store_url=self._store_url(),
            state=state,
            keys=self._keys(state),
            ingest=self._listener("ingest"),
            enrolment=self._listener("enrolment"),
            web=self._web(),
            first_policy=self._optional_file("bundles.first_policy"),
        )

    def _refuse_unknown(self) -> None:
        for section, content in self._document.items():
            if section not in _KEYS:
                raise ConfigError(section, "unknown section")
            if not isinstance(content, dict):
                raise ConfigError(section, "must be a section, written in square brackets")
            for key in content:
                if key not in _KEYS[section]:
                    raise ConfigError(f"{section}.{key}", "unknown key")

    def _text(self, key: str, default: str | None = None) -> str:
        section, _, name = key.partition(".")
        content = self._document.get(section, {})
        value = content.get(name, default) if isinstance(content, dict) else default
        if value is None:
            raise ConfigError(key, "missing")
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(key, "must be text that is not empty")
        return value

    def _name(self, key: str) -> str:
        name = self._text(key)
        if len(name) > _LONGEST_NAME or not name.isprintable():
            raise ConfigError(key, f"must be printable and at most {_LONGEST_NAME} characters")
        return name

    def _store_url(self) -> str:
        return store_url(self._text("store.url", "sqlite:///lamplighter.sqlite3"), self._folder)

    def _keys(self, state: Path) -> KeysConfig:
        folder = self._folder / self._text("keys.folder", str(state / "keys"))
        url = self._text("keys.url", f"sqlite:///{folder / 'ring.sqlite3'}")
        return KeysConfig(folder=folder, url=store_url(url, self._folder, key="keys.url"))

    def _listener(self, section: str) -> Listener:
        listen = self._address(f"{section}.listen")
        key = f"{section}.public"
        public = self._text(key, str(listen))
        if not _PUBLIC.fullmatch(public):
            raise ConfigError(key, "must be a host and a port, such as lamplighter.school.example:7443")
        if public == str(listen):
            public = ""
            if ipaddress.ip_address(listen.host).is_unspecified:
                raise ConfigError(key, f"missing: devices can't be told {listen.host}")
        return Listener(listen=listen, public=public)

    def _address(self, key: str) -> Address:
        text = self._text(key, "127.0.0.1:0")
        host, colon, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not (colon and host and port.isascii() and port.isdigit() and int(port) < 1 << 16):
            raise ConfigError(key, "must be an address and a port, such as 127.0.0.1:7443")
        try:
            ipaddress.ip_address(host)
        except ValueError as error:
            raise ConfigError(key, "the address must be a number, such as 127.0.0.1 or [::1]") from error
        return Address(host=host, port=int(port))

    def _web(self) -> WebConfig:
        listen, names = self._address("web.listen"), self._names("web.names")
        certificate, key = self._optional_file("web.certificate"), self._optional_file("web.key")
        if (certificate is None) is not (key is None):
            missing = "web.key" if key is None else "web.certificate"
            raise ConfigError(missing, "missing: certificate and key belong together")
        if key is not None and key.stat().st_mode & stat.S_IROTH:
            raise ConfigError("web.key", f"not everybody may read {key}: chmod o-r")
        if ipaddress.ip_address(listen.host).is_loopback:
            names |= _LOOPBACK_NAMES
        elif certificate is None:
            raise ConfigError("web.certificate", "missing: beyond this machine the page needs TLS")
        elif not names:
            raise ConfigError("web.names", "missing: the names under which people open the page")
        return WebConfig(listen=listen, certificate=certificate, key=key, names=names)

    def _names(self, key: str) -> frozenset[str]:
        section, _, name = key.partition(".")
        content = self._document.get(section, {})
        names = content.get(name, []) if isinstance(content, dict) else []
        if not isinstance(names, list) or not all(
            isinstance(one, str) and HOST_NAME.fullmatch(one) for one in names
        ):
            raise ConfigError(key, 'must be a list of host names in small letters, such as ["lamp.example"]')
        return frozenset(names)

    def _optional_file(self, key: str) -> Path | None:
        section, _, name = key.partition(".")
        content = self._document.get(section, {})
        if not isinstance(content, dict) or name not in content:
            return None
        path = self._folder / self._text(key)
        if not path.is_file():
            raise ConfigError(key, f"there is no file {path}")
        return path
