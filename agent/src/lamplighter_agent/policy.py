"""Whether a session may be sensed, and why not. Pure."""

from lamplighter_protos.v1 import detection_pb2 as pb
from lamplighter_protos.v1.local_pb2 import SensingPolicy

from lamplighter_agent.config import AgentConfig
from lamplighter_agent.detection import UserKind


def policy_for(kind: UserKind, config: AgentConfig) -> SensingPolicy:
    """Return what the helper of such a user is told."""
    if config.not_enrolled:
        return SensingPolicy(sensing=False, reason=config.not_enrolled)
    if kind == pb.USER_KIND_STAFF and not config.session.staff_dpia:
        return SensingPolicy(sensing=False, reason="staff: no assessment is on record (session.staff_dpia)")
    return SensingPolicy(sensing=True)
