"""The battery, as the kernel shows one."""

from pathlib import Path

import psutil
import pytest
from lamplighter_agent.backends.battery import battery


def supply(folder: Path, status: str) -> None:
    """A battery as the kernel shows it."""
    one = folder / "class" / "power_supply" / "BAT0"
    one.mkdir(parents=True, exist_ok=True)
    for name, value in {"energy_full": 1000, "energy_now": 417, "capacity": 41, "status": status}.items():
        (one / name).write_text(f"{value}\n")


def test_the_battery_is_what_the_kernel_says() -> None:
    percent, on_battery = battery()
    found = psutil.sensors_battery()
    assert (percent == -1) == (found is None)
    assert isinstance(on_battery, bool)


@pytest.mark.parametrize(("status", "on_battery"), [("Discharging", True), ("Charging", False)])
def test_a_laptop_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, *, on_battery: bool
) -> None:
    supply(tmp_path, status)
    monkeypatch.setattr("psutil._pslinux.POWER_SUPPLY_PATH", str(tmp_path / "class" / "power_supply"))
    assert battery() == (42, on_battery)
