"""What `ioreg` prints of a Mac's platform."""

import plistlib

import pytest
from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.backends.macos.machine import facts_in, machine_facts


def test_uuid_and_serial_number_are_found() -> None:
    told = plistlib.dumps([{"IOPlatformUUID": "AAAA-1", "IOPlatformSerialNumber": "C02XYZ"}])
    assert facts_in(told) == MachineFacts(product_uuid="AAAA-1", serial="C02XYZ")


@pytest.mark.parametrize(
    "told", [b"", b"no list", plistlib.dumps([]), plistlib.dumps({}), plistlib.dumps([1])]
)
def test_anything_else_says_nothing(told: bytes) -> None:
    assert facts_in(told) == MachineFacts()


def test_where_there_is_no_such_program_nothing_is_said() -> None:
    assert machine_facts() == MachineFacts()
