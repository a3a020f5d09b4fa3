"""Opens the sensing of the desktop that an environment describes."""

from collections.abc import Callable, Mapping

from lamplighter_agent.backends.select import desktop_ports
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.sensing.desktop import DesktopSensing, Sink, Unseen


def open_desktop(
    environment: Mapping[str, str],
    *,
    sink: Sink,
    unseen: Unseen,
    changed: Callable[[], None] = lambda: None,
) -> DesktopSensing:
    """Choose the backends; nothing is sensed until `start`.

    `sink` gets each `TypedText` and `WindowTitle`, `unseen` a reason and a count of what could not be
    seen, and `changed` is called when `states()` has news. All three run on the event loop.
    """
    return DesktopSensing(
        desktop_ports(environment),
        clock=SystemClock(),
        sink=sink,
        unseen=unseen,
        changed=changed,
    )
