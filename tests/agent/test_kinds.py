import grp

from lamplighter_agent.config import SessionConfig
from lamplighter_agent.kinds import kind_of
from lamplighter_agent.launching import Account
from lamplighter_protos.v1 import detection_pb2 as pb

GAMES = grp.getgrnam("games")
SAM = Account(name="sam", uid=1000, gid=1000, groups=(GAMES.gr_gid, 4_000_000), home="/")


def test_a_user_that_no_key_names_is_the_default() -> None:
    assert kind_of(SAM, SessionConfig(default_kind="pupil"), "staff") == pb.USER_KIND_PUPIL
    assert kind_of(SAM, SessionConfig(default_kind="staff"), "pupils") == pb.USER_KIND_STAFF


def test_without_a_default_it_is_as_the_device_was_enrolled() -> None:
    assert kind_of(SAM, SessionConfig(), "pupils") == pb.USER_KIND_PUPIL
    assert kind_of(SAM, SessionConfig(), "staff") == pb.USER_KIND_STAFF


def test_staff_are_known_by_name_or_group() -> None:
    assert kind_of(SAM, SessionConfig(staff_users=frozenset({"sam"})), "pupils") == pb.USER_KIND_STAFF
    assert kind_of(SAM, SessionConfig(staff_groups=frozenset({"games"})), "pupils") == pb.USER_KIND_STAFF
    assert kind_of(SAM, SessionConfig(staff_groups=frozenset({"audio"})), "pupils") == pb.USER_KIND_PUPIL
