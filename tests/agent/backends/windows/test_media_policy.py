"""What is written into the device's policy, and what is left alone."""

from lamplighter_agent.backends.windows.media_policy import (
    CLASSES,
    INSTANCES,
    NO_PROGRAMS,
    PORTABLE_DEVICES,
    REMOVABLE,
    RESTRICTIONS,
    MediaPolicy,
)

from tests.support.fakes.windows_media import PretendedMedia


def test_portable_devices_and_programs_are_refused_and_a_restart_is_due_once() -> None:
    registry = PretendedMedia()
    assert not MediaPolicy(registry).ensure()
    assert registry.keys[RESTRICTIONS] == {CLASSES: 1, f"{CLASSES}Retroactive": 1}
    assert registry.keys[f"{RESTRICTIONS}\\{CLASSES}"] == {"1": PORTABLE_DEVICES}
    assert registry.read(REMOVABLE, NO_PROGRAMS) == 1
    registry.volatile.clear()
    assert MediaPolicy(registry).ensure()


def test_a_school_s_own_list_is_added_to() -> None:
    registry = PretendedMedia()
    own = f"{RESTRICTIONS}\\{CLASSES}"
    registry.write(own, "7", "{00000000-0000-0000-0000-000000000001}")
    registry.write(own, "note", "by the office")
    MediaPolicy(registry).ensure()
    MediaPolicy(registry).ensure()
    assert registry.keys[own]["8"] == PORTABLE_DEVICES
    assert len(registry.keys[own]) == 3


def test_a_device_is_refused_once_however_it_is_spelled() -> None:
    registry = PretendedMedia()
    MediaPolicy(registry).refuse("USB\\VID_0951&PID_1666\\1")
    MediaPolicy(registry).refuse("usb\\vid_0951&pid_1666\\1")
    assert registry.keys[f"{RESTRICTIONS}\\{INSTANCES}"] == {"1": "USB\\VID_0951&PID_1666\\1"}
    assert registry.read(RESTRICTIONS, f"{INSTANCES}Retroactive") == 1
