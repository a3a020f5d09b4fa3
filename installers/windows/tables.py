"""What the MSI's tables hold beyond what wixl can say. Pure.

- Properties given on a command line reach an elevated install only where they are secure, and those that hold
  a token are hidden: wixl knows neither word.
- The settings and what to enrol with are written once and then left alone: their components have no GUID, so
  that no upgrade, repair or removal touches them, and the settings never replace some that are there.
- The rights of the state folder and of the key with the token are set while they are made.
- The old version is removed inside the same transaction: one that fails, or is killed, is rolled back to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from lamplighter_agent.backends.windows.folder_rule import FOLDER as FOLDER_RIGHTS

from installers.windows.names import key, short_names
from installers.windows.source import ENROLMENT, FOLDER, PROGRAM, PROPERTIES, SETTINGS, STATE

SECRET: Final = "TOKEN"  # noqa: S105 - the property's name
_FOUND: Final = ("WIX_DOWNGRADE_DETECTED", "WIX_UPGRADE_DETECTED")
# Windows Installer's own numbers: a component that is 64 bit, whose key is a value, never written over.
_64_BIT, _BY_VALUE, _NEVER_OVER = 256, 4, 128
# A custom action: a program of ours or of the system, later and as the system itself; whose end is not asked.
_OURS, _THE_SYSTEMS, _LATER_AS_SYSTEM, _WHATEVER = 18, 34, 1024 + 2048, 64
_SET: Final = 51
_REMOVED: Final = 'REMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE'


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as msiinfo prints it: three lines of head, and rows whose first field is their key."""

    name: str
    head: tuple[str, str, str]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, name: str, text: str) -> "Table":
        lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
        columns, kinds, keys = lines[:3]
        return cls(
            name=name,
            head=(columns, kinds, keys),
            rows=tuple(tuple(line.split("\t")) for line in lines[3:]),
        )

    @property
    def columns(self) -> list[str]:
        return self.head[0].split("\t")

    def text(self) -> str:
        """Return it as msibuild reads it."""
        return "".join(f"{line}\r\n" for line in (*self.head, *("\t".join(row) for row in self.rows)))

    def changed(self, changes: Mapping[str, Mapping[str, str]]) -> "Table":
        """Return it with some fields changed, by row and column; raises KeyError for a row it has not."""
        missing = set(changes) - {row[0] for row in self.rows}
        if missing:
            raise KeyError(f"{self.name} has no {', '.join(sorted(missing))}")
        return replace(self, rows=tuple(self._row(row, changes.get(row[0], {})) for row in self.rows))

    def _row(self, row: tuple[str, ...], changes: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(changes.get(column, value) for column, value in zip(self.columns, row, strict=True))


def files(table: Table, versions: Mapping[PurePosixPath, str]) -> Table:
    """Return the files with names of 8 and 3 beside the long ones, and the versions that are in them."""
    folders: dict[PurePosixPath, list[str]] = {}
    for path in versions:
        folders.setdefault(path.parent, []).append(path.name)
    named = {folder: short_names(names) for folder, names in folders.items()}
    changes = {
        key("f", path): {"FileName": named[path.parent][path.name], "Version": version}
        for path, version in versions.items()
    }
    return table.changed(changes)


def directories(table: Table, folders: Iterable[PurePosixPath]) -> Table:
    """Return the folders with names of 8 and 3 beside the long ones."""
    inside: dict[PurePosixPath, list[str]] = {}
    for folder in folders:
        inside.setdefault(folder.parent, []).append(folder.name)
    changes = {
        key("d", parent / name): {"DefaultDir": both}
        for parent, names in inside.items()
        for name, both in short_names(names).items()
    }
    ours = {one: {"DefaultDir": "LAMPLI~1|Lamplighter"} for one in (FOLDER, STATE)}
    return table.changed(changes | ours)


def components(table: Table) -> Table:
    """Return the components, with what is written once and then left alone."""
    once = {"ComponentId": "", "Attributes": str(_64_BIT | _NEVER_OVER)}
    return table.changed(
        {
            key("c", SETTINGS): once,
            ENROLMENT: {"ComponentId": "", "Attributes": str(_64_BIT | _BY_VALUE), "Condition": "COLLECTOR"},
        }
    )


def registry(table: Table) -> Table:
    """Return the values with keys as Windows writes them: wixl leaves a backslash at their end."""
    where = table.columns.index("Key")
    return table.changed({row[0]: {"Key": row[where].rstrip("\\")} for row in table.rows})


def statements() -> Sequence[str]:
    """Return the rest, in Windows Installer's own SQL."""
    return [*_properties(), *_rights(), *_actions()]


def _properties() -> list[str]:
    secure = ";".join((*_FOUND, *PROPERTIES))
    return [
        # wixl made this row, without ours.
        "DELETE FROM `Property` WHERE `Property`='SecureCustomProperties'",
        _row("Property", Property="SecureCustomProperties", Value=secure),
        _row("Property", Property="MsiHiddenProperties", Value=SECRET),
        # An upgrade, a repair: each file as this version has it, whatever version is found there.
        _row("Property", Property="REINSTALLMODE", Value="amus"),
    ]


def _rights() -> list[str]:
    closed = "D:P(A;OICI;KA;;;SY)(A;OICI;KA;;;BA)"
    rows = [
        ("StateRights", STATE, "CreateFolder", f"O:BA{FOLDER_RIGHTS}"),
        *((f"{name}Rights", name, "Registry", closed) for name in PROPERTIES),
    ]
    table = "MsiLockPermissionsEx"
    columns = "`LockObject` CHAR(72) NOT NULL, `Table` CHAR(32) NOT NULL, `SDDLText` CHAR(0) NOT NULL"
    made = f"CREATE TABLE `{table}` (`{table}` CHAR(72) NOT NULL, {columns}, `Condition` CHAR(255)"
    return [
        f"{made} PRIMARY KEY `{table}`)",
        *(
            _row(table, **{table: name, "LockObject": what, "Table": kind, "SDDLText": rights})
            for name, what, kind, rights in rows
        ),
    ]


def _actions() -> list[str]:
    forget = '"[System64Folder]reg.exe" delete HKLM\\Software\\Lamplighter /f /reg:64'
    whatever = _THE_SYSTEMS | _LATER_AS_SYSTEM | _WHATEVER
    erase = _OURS | _LATER_AS_SYSTEM | _WHATEVER
    actions = [
        ("TagByName", _SET, "ASSETTAG", "hostname", "COLLECTOR AND NOT ASSETTAG", 790),
        ("EraseState", erase, key("f", PROGRAM), "erase --settings", _REMOVED, 2601),
        ("ForgetEnrolment", whatever, FOLDER, forget, _REMOVED, 2602),
    ]
    made = [
        _row("Directory", Directory="System64Folder", Directory_Parent="TARGETDIR", DefaultDir="."),
        "UPDATE `InstallExecuteSequence` SET `Sequence`=1501 WHERE `Action`='RemoveExistingProducts'",
    ]
    for name, kind, where, what, condition, number in actions:
        made.append(_row("CustomAction", Action=name, Type=kind, Source=where, Target=what))
        made.append(_row("InstallExecuteSequence", Action=name, Condition=condition, Sequence=number))
    return made


def _row(table: str, **fields: str | int) -> str:
    """Return the statement that adds a row; no text of ours has a quotation mark of that kind."""
    names = ", ".join(f"`{name}`" for name in fields)
    values = ", ".join(f"'{value}'" if isinstance(value, str) else str(value) for value in fields.values())
    return f"INSERT INTO `{table}` ({names}) VALUES ({values})"  # noqa: S608 - our own words alone
