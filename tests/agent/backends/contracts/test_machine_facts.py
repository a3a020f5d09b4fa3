"""What every reader of a machine's marks must do: tell two machines apart, and never raise."""

import plistlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from lamplighter_agent.backends.linux.machine import machine_facts as of_linux
from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.backends.macos.machine import facts_in as of_a_mac
from lamplighter_agent.backends.windows.smbios import system_of
from lamplighter_agent.machine import marks_of

from tests.agent.backends.linux.test_machine import put
from tests.agent.backends.windows.test_smbios import structure, table

Reads: TypeAlias = Callable[[Path, str], MachineFacts]
ONE, TWO = "4c4c4544-0044-3510-8052-b4c04f4b3733", "4c4c4544-0044-3510-8052-b4c04f4b3734"


def linux(folder: Path, uuid: str) -> MachineFacts:
    put(folder, "sys/class/dmi/id/product_uuid", uuid.encode())
    return of_linux(folder)


def windows(_folder: Path, uuid: str) -> MachineFacts:
    about = bytes(4) + bytes.fromhex(uuid.replace("-", "")) + b"\x06"
    product, serial = system_of(table(structure(1, about)))
    return MachineFacts(product_uuid=product, serial=serial)


def mac(_folder: Path, uuid: str) -> MachineFacts:
    return of_a_mac(plistlib.dumps([{"IOPlatformUUID": uuid}]))


@pytest.mark.parametrize("read", [linux, windows, mac])
def test_two_machines_are_told_apart_and_one_is_itself(read: Reads, tmp_path: Path) -> None:
    one, again, two = (marks_of(read(tmp_path, uuid), "A school") for uuid in (ONE, ONE, TWO))
    assert one.of_hardware
    assert one.fit(again)
    assert not one.fit(two)
