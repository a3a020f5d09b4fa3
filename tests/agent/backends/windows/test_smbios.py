"""UUID and serial number in a table as firmware has it."""

import struct
import uuid

import pytest
from lamplighter_agent.backends.windows.smbios import system_of

OWN = uuid.UUID("4c4c4544-0044-3510-8052-b4c04f4b3733")


def structure(kind: int, about: bytes, *strings: str) -> bytes:
    texts = b"".join(one.encode() + b"\0" for one in strings) or b"\0"
    return struct.pack("<BBH", kind, 4 + len(about), kind) + about + texts + b"\0"


def table(*structures: bytes) -> bytes:
    whole = b"".join(structures)
    return struct.pack("<BBBBI", 0, 3, 2, 0, len(whole)) + whole


def system(serial: int = 4) -> bytes:
    about = bytes((1, 2, 3, serial)) + OWN.bytes_le + b"\x06"
    return structure(1, about, "Maker", "Model", "1", "PF2ABCDE ")


def test_the_system_is_found_behind_the_firmware() -> None:
    told = table(structure(0, bytes(20), "Maker of firmware", "1.2"), system(), structure(127, b""))
    assert system_of(told) == (str(OWN), "PF2ABCDE")


def test_a_serial_number_that_is_not_there_is_empty() -> None:
    assert system_of(table(system(serial=0))) == (str(OWN), "")
    assert system_of(table(system(serial=9))) == (str(OWN), "")


@pytest.mark.parametrize("told", [b"", b"\0" * 8, b"\xff" * 100, table(structure(0, bytes(20)))])
def test_what_is_no_such_table_says_nothing(told: bytes) -> None:
    assert system_of(told) == ("", "")


def test_a_table_that_was_cut_anywhere_never_fails() -> None:
    whole = table(structure(0, bytes(20), "Maker"), system())
    assert {system_of(whole[:length])[0] for length in range(len(whole))} <= {"", str(OWN)}
