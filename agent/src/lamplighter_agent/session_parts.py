"""What the helper is put together from: this device's indicator and sensors.

`backends/select.py` chooses the backends. What can't be seen is told to the service by reason.
"""

from collections.abc import Mapping

from lamplighter_protos.v1.detection_pb2 import LossNotice

from lamplighter_agent.backends.select import (
    activity,
    after_refusal,
    desktop_indicator,
    dial,
    session_environment,
    until_in_front,
)
from lamplighter_agent.clock import SystemClock
from lamplighter_agent.local_ipc.client import LocalClient
from lamplighter_agent.observation import UnseenReason
from lamplighter_agent.sensing.open import open_desktop
from lamplighter_agent.sensing.watchful import WatchfulSensing
from lamplighter_agent.session import Sensing, Session

__all__ = [
    "after_refusal",
    "desktop_indicator",
    "dial",
    "loss_of",
    "sensing",
    "session_environment",
    "until_in_front",
]

# What the helper could not read in time is lost input, unlike what it may not; a broken sensor is a fault.
_REASONS = dict.fromkeys(UnseenReason, LossNotice.REASON_INPUT_OVERFLOW) | {
    UnseenReason.AFTER_SECRET: LossNotice.REASON_INPUT_UNCERTAIN,
    UnseenReason.FOCUS_UNCERTAIN: LossNotice.REASON_INPUT_UNCERTAIN,
    UnseenReason.SENSOR_FAILED: LossNotice.REASON_SENSOR_FAILED,
    UnseenReason.SENSOR_SILENT: LossNotice.REASON_SENSOR_SILENT,
}


def loss_of(unseen: UnseenReason) -> LossNotice.Reason.ValueType:
    """Return as what it is counted where DSL and technician see it."""
    return _REASONS[unseen]


def sensing(environment: Mapping[str, str], session: Session, client: LocalClient) -> Sensing:
    """Return the sensors of the desktop that this environment describes; they start when the session says."""

    def unseen(reason: UnseenReason, count: int) -> None:
        client.report_unseen(loss_of(reason), count)

    desktop = open_desktop(environment, sink=client.report, unseen=unseen, changed=session.changed)
    return WatchfulSensing(
        desktop, activity(environment), clock=SystemClock(), unseen=unseen, changed=session.changed
    )
