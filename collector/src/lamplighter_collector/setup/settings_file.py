"""The settings file and the policy beside it: what stands in them, and how they are written.

Each is there whole or not at all, is never replaced without a copy of what it said before, and is not for
everybody to read.
"""

import copy
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lamplighter_collector.errors import ConfigError
from lamplighter_collector.keys.secrets import write_whole
from lamplighter_collector.owner import Owner, made_for
from lamplighter_collector.setup.answers import PORTS, Addresses, Answers, PageFiles
from lamplighter_collector.setup.tables import Tables, toml_text

POLICY_FILE: Final = "policy.toml"
BEFORE: Final = ".before"
_MODE: Final = 0o640
_FOLDER_MODE: Final = 0o750
_ROOT: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a collector's settings and its data are, or are going to be."""

    config: Path
    data: Path

    @property
    def keys(self) -> Path:
        """Beside the data and not in it: whoever copies the one must not have the other by that."""
        return self.data.with_name(f"{self.data.name}-keys")

    @property
    def store(self) -> Path:
        return self.data / "store.sqlite3"

    @property
    def state(self) -> Path:
        return self.data / "state"

    @property
    def policy(self) -> Path:
        return self.config.parent / POLICY_FILE

    def make(self, owner: Owner) -> None:
        """Have the folders of data and keys, for the account that serves.

        Raises:
            ConfigError: one can't be made.
        """
        for folder in (self.data, self.keys):
            try:
                made_for(folder, owner)
            except OSError as error:
                raise ConfigError(str(folder), error.strerror or "can't be made") from error


def first_tables(place: Place, answers: Answers, page: PageFiles) -> dict[str, object]:
    """The settings of a collector that begins; the answers are complete."""
    assert answers.addresses is not None
    tables: dict[str, object] = {
        "organisation": {"name": answers.organisation},
        "store": {"url": answers.store or f"sqlite:///{place.store}"},
        "paths": {"state": str(place.state)},
        "keys": {"folder": str(place.keys)},
    }
    return with_page(with_addresses(tables, answers.addresses), page)


def with_addresses(tables: Tables, addresses: Addresses) -> dict[str, object]:
    """The settings with these addresses in place of theirs."""
    found = _copied(tables)
    for section in PORTS:
        table = _section(found, section)
        table["listen"] = addresses.listens(section)
        if section == "web":
            table["names"] = [addresses.name, *addresses.also]
        else:
            table["public"] = addresses.public(section)
    return found


def with_page(tables: Tables, page: PageFiles) -> dict[str, object]:
    """The settings with this certificate in place of theirs."""
    found = _copied(tables)
    _section(found, "web").update(certificate=str(page.certificate), key=str(page.key))
    return found


def read_tables(path: Path) -> dict[str, object]:
    """What a file says.

    Raises:
        ConfigError: it can't be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(str(path), error.strerror or "can't be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"is not TOML: {error}") from error


def write_tables(path: Path, tables: Tables, owner: Owner, *, replace: bool) -> None:
    """Write a file whole, for root and the account that serves; what it said before stays beside it.

    Raises:
        ConfigError: it can't be written, or is there and was not to be replaced.
    """
    text = toml_text(tables).encode()
    try:
        _folder_for(path.parent, owner)
        if replace and path.exists():
            _write(path.with_name(path.name + BEFORE), path.read_bytes(), owner, replace=True)
        _write(path, text, owner, replace=replace)
    except FileExistsError as error:
        raise ConfigError(str(path), "is there already, and was left as it is") from error
    except OSError as error:
        raise ConfigError(str(path), error.strerror or "can't be written") from error


def _write(path: Path, content: bytes, owner: Owner, *, replace: bool) -> None:
    write_whole(path, content, replace=replace)
    path.chmod(_MODE)
    if os.geteuid() == _ROOT:
        os.chown(path, _ROOT, owner.gid)


def _folder_for(folder: Path, owner: Owner) -> None:
    if folder.exists():
        return
    folder.mkdir(mode=_FOLDER_MODE, parents=True)
    if os.geteuid() == _ROOT:
        os.chown(folder, _ROOT, owner.gid)


def _copied(tables: Tables) -> dict[str, object]:
    return copy.deepcopy(dict(tables))


def _section(tables: dict[str, object], name: str) -> dict[str, object]:
    section = tables.setdefault(name, {})
    if not isinstance(section, dict):
        raise ConfigError(name, "must be a section, written in square brackets")
    return section
