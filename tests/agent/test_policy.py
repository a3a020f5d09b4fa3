from lamplighter_agent.config import SessionConfig
from lamplighter_agent.policy import policy_for
from lamplighter_protos.v1 import detection_pb2 as pb

ASSESSED = SessionConfig(staff_dpia="DPIA-7")


def test_a_pupil_on_an_enrolled_device_is_sensed() -> None:
    assert policy_for(pb.USER_KIND_PUPIL, SessionConfig(), not_now="").sensing


def test_nobody_is_sensed_where_the_device_may_not_be_watched_now() -> None:
    for kind in (pb.USER_KIND_PUPIL, pb.USER_KIND_STAFF):
        policy = policy_for(kind, ASSESSED, not_now="not enrolled")
        assert not policy.sensing
        assert policy.reason == "not enrolled"


def test_staff_are_sensed_only_with_an_assessment_on_record() -> None:
    assert not policy_for(pb.USER_KIND_STAFF, SessionConfig(), not_now="").sensing
    assert policy_for(pb.USER_KIND_STAFF, ASSESSED, not_now="").sensing
