"""What an MSI's tables hold, by msiinfo's word of a real one of a few files."""

from pathlib import Path, PurePosixPath

import pytest
from lamplighter_agent.backends.windows.folder_rule import FOLDER

from installers.windows.names import key, product_code
from installers.windows.package import exported, package
from installers.windows.source import PROGRAM, PROPERTIES, SETTINGS
from installers.windows.tables import SECRET, Table

LIBRARY = PurePosixPath("_internal/library with a long name.pyd")


@pytest.fixture(scope="module")
def msi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("payload")
    for path in (PROGRAM, LIBRARY, PurePosixPath("_internal/lamplighter_agent/__init__.pyc")):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"MZ" + path.name.encode())
    return package(folder, "0.1.0", tmp_path_factory.mktemp("msi") / "agent.msi")


def rows(msi: Path, table: str) -> dict[str, dict[str, str]]:
    found = exported(msi, table)
    return {row[0]: dict(zip(found.columns, row, strict=True)) for row in found.rows}


def test_what_is_given_reaches_an_elevated_install_and_the_token_is_hidden(msi: Path) -> None:
    found = {name: row["Value"] for name, row in rows(msi, "Property").items()}
    assert set(PROPERTIES) < set(found["SecureCustomProperties"].split(";"))
    assert found["MsiHiddenProperties"] == SECRET
    assert found["ProductCode"] == product_code("0.1.0")
    # For the whole machine: only an administrator installs and removes it.
    assert found["ALLUSERS"] == "1"
    # No default of any property: nothing is enrolled that nobody asked for.
    assert not set(PROPERTIES) & set(found)


def test_settings_and_enrolment_are_written_once_and_then_left_alone(msi: Path) -> None:
    found = rows(msi, "Component")
    settings, enrolment = found[key("c", SETTINGS)], found["Enrolment"]
    assert settings["ComponentId"] == enrolment["ComponentId"] == ""
    assert int(settings["Attributes"]) & 128
    assert enrolment["Condition"] == "COLLECTOR"
    assert all(row["ComponentId"] for name, row in found.items() if row not in (settings, enrolment))


def test_names_are_short_and_long_and_keys_have_no_backslash_at_their_end(msi: Path) -> None:
    file = rows(msi, "File")[key("f", LIBRARY)]
    short, _, long = file["FileName"].partition("|")
    assert (long, len(short) <= 12) == (LIBRARY.name, True)
    assert rows(msi, "Directory")["INSTALLDIR"]["DefaultDir"].endswith("|Lamplighter")
    assert {row["Key"] for row in rows(msi, "Registry").values()} == {"Software\\Lamplighter\\Enrolment"}


def test_state_and_token_are_closed_to_ordinary_accounts_while_they_are_made(msi: Path) -> None:
    found = {row["LockObject"]: row["SDDLText"] for row in rows(msi, "MsiLockPermissionsEx").values()}
    # The rights that the agent's own folder has.
    assert found.pop("STATEDIR") == f"O:BA{FOLDER}"
    assert set(found) == set(PROPERTIES)
    assert all(rights.startswith("D:P(") and ";;BU)" not in rights for rights in found.values())


def test_the_old_version_goes_inside_the_transaction_and_erasing_comes_after_the_stop(msi: Path) -> None:
    order = {name: int(row["Sequence"]) for name, row in rows(msi, "InstallExecuteSequence").items()}
    assert order["InstallInitialize"] < order["RemoveExistingProducts"] < order["ProcessComponents"]
    assert order["StopServices"] < order["EraseState"] < order["RemoveFiles"]
    assert len(set(order.values())) == len(order)
    assert rows(msi, "ServiceControl")["Control"]["Event"] == str(1 + 2 + 32 + 128)


def test_erasing_is_for_a_removal_alone_never_for_an_upgrade_or_a_repair(msi: Path) -> None:
    found = rows(msi, "InstallExecuteSequence")
    for action in ("EraseState", "ForgetEnrolment"):
        assert found[action]["Condition"] == 'REMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE'


def test_nothing_is_done_as_the_system_by_a_program_of_somebody_else(msi: Path) -> None:
    deferred = {name: row for name, row in rows(msi, "CustomAction").items() if int(row["Type"]) & 1024}
    assert all(int(row["Type"]) & 2048 for row in deferred.values())
    for row in deferred.values():
        ours = row["Source"] == key("f", PROGRAM)
        assert ours or row["Target"].startswith('"[System64Folder]')


def test_a_change_of_a_row_that_is_not_there_is_refused() -> None:
    table = Table.read("T", "A\tB\r\ns1\ts1\r\nT\tA\r\nx\ty\r\n")
    assert table.changed({"x": {"B": "z"}}).rows == (("x", "z"),)
    with pytest.raises(KeyError, match="T has no y"):
        table.changed({"y": {"B": "z"}})
