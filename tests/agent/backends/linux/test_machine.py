"""What Linux says of its machine, from trees as the kernel has them; and of the machine of the test."""

from pathlib import Path

from lamplighter_agent.backends.linux.machine import machine_facts
from lamplighter_agent.backends.machine_port import MachineFacts


def put(root: Path, name: str, content: bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_a_laptop_says_all_three(tmp_path: Path) -> None:
    put(tmp_path, "sys/class/dmi/id/product_uuid", b"4c4c4544-0044\n")
    put(tmp_path, "sys/class/dmi/id/product_serial", b"PF2ABCDE\n")
    put(tmp_path, "etc/machine-id", b"0f" * 16 + b"\n")
    assert machine_facts(tmp_path) == MachineFacts(
        product_uuid="4c4c4544-0044", serial="PF2ABCDE", system_id="0f" * 16
    )


def test_a_small_board_has_its_serial_number_in_the_device_tree(tmp_path: Path) -> None:
    put(tmp_path, "sys/firmware/devicetree/base/serial-number", b"10000000abcdef01\0")
    assert machine_facts(tmp_path) == MachineFacts(serial="10000000abcdef01")


def test_where_nothing_is_said_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "sys/class/dmi/id/product_uuid").mkdir(parents=True)
    assert machine_facts(tmp_path) == MachineFacts()


def test_this_machine_says_the_same_twice() -> None:
    assert machine_facts() == machine_facts()
