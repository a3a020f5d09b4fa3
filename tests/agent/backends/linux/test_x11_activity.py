import pytest
from lamplighter_agent.backends.linux.x11_activity import X11Activity

from installers.quickstart.virtual_desktop.desktop import Desktop
from tests.support.waiting import wait_for


def idle(activity: X11Activity) -> int:
    found = activity.keyboard_idle_ms()
    assert found is not None
    return found


def test_a_key_is_activity_and_a_mouse_is_not(desktop: Desktop) -> None:
    activity = X11Activity(desktop.environment["DISPLAY"])
    desktop.key("Down")
    first = idle(activity)
    assert first < 5000
    desktop.run("xdotool", "mousemove", "30", "40")
    wait_for(lambda: idle(activity) > first + 200, "time going by")
    before = idle(activity)
    desktop.key("Down")
    assert idle(activity) < before
    assert activity.slept_seconds() > -1
    activity.close()
    activity.close()
    assert idle(activity) < 5000
    activity.close()


@pytest.mark.fault
def test_a_display_that_is_not_there_tells_nothing() -> None:
    activity = X11Activity(":4711")
    assert activity.keyboard_idle_ms() is None
    activity.close()
