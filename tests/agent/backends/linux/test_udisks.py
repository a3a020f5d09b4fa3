"""What is asked of polkit and UDisks; a real pair of them answers in test_media_guard.py."""

from pathlib import Path

import pytest
from lamplighter_agent.backends.linux import _udisks
from lamplighter_agent.errors import BackendUnavailable


@pytest.mark.parametrize(
    ("node", "name"),
    [("/dev/sdb1", "sdb1"), ("/dev/dm-0", "dm_2d0"), ("/dev/mmcblk0p1", "mmcblk0p1")],
)
def test_udisks_names_devices_its_own_way(node: str, name: str) -> None:
    assert _udisks.object_path(node) == f"/org/freedesktop/UDisks2/block_devices/{name}"


async def test_without_a_bus_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    with pytest.raises(BackendUnavailable, match="system bus"):
        await _udisks.polkit_says("nobody", "/dev/sdb1")
    assert not await _udisks.polkit_answers()


async def test_a_bus_without_polkit_and_udisks_is_named(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    with pytest.raises(BackendUnavailable, match="ServiceUnknown") as refused:
        await _udisks.polkit_says("nobody", "/dev/sdb1")
    assert "polkitd" in refused.value.remedy
    with pytest.raises(BackendUnavailable):
        await _udisks.unmount("/dev/sdb1")
