"""Whether a session may be sensed, and why not. Pure."""

from lamplighter_protos.v1 import detection_pb2 as pb
from lamplighter_protos.v1.local_pb2 import SensingPolicy

from lamplighter_agent.config import SessionConfig
from lamplighter_agent.detection import UserKind


def policy_for(kind: UserKind, settings: SessionConfig, *, not_now: str) -> SensingPolicy:
    """Return what the helper of such a user is told; `not_now` is why nobody is sensed on this device."""
    if not_now:
        return SensingPolicy(sensing=False, reason=not_now)
    if kind == pb.USER_KIND_STAFF and not settings.staff_dpia:
        return SensingPolicy(sensing=False, reason="staff: no assessment is on record (session.staff_dpia)")
    return SensingPolicy(sensing=True)
