from pathlib import Path

from lamplighter_agent.config import AgentConfig, CollectorConfig, SessionConfig
from lamplighter_agent.policy import policy_for
from lamplighter_protos.v1 import detection_pb2 as pb

FILE = Path("/x")
COLLECTOR = CollectorConfig(address="a:1", server_name="a", ca=FILE, certificate=FILE, key=FILE)


def config(*, tag: str = "AV-1", dpia: str = "") -> AgentConfig:
    return AgentConfig(
        organisation="Alder Vale School",
        asset_tag=tag,
        collector=COLLECTOR,
        state=FILE,
        runtime=FILE,
        session=SessionConfig(staff_dpia=dpia),
        desktop=None,
    )


def test_a_pupil_on_an_enrolled_device_is_sensed() -> None:
    assert policy_for(pb.USER_KIND_PUPIL, config()).sensing


def test_nobody_is_sensed_on_a_device_that_is_not_enrolled() -> None:
    policy = policy_for(pb.USER_KIND_PUPIL, config(tag=""))
    assert not policy.sensing
    assert "asset tag" in policy.reason


def test_staff_are_sensed_only_with_an_assessment_on_record() -> None:
    assert not policy_for(pb.USER_KIND_STAFF, config()).sensing
    assert policy_for(pb.USER_KIND_STAFF, config(dpia="DPIA-7")).sensing
