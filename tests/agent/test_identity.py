from dataclasses import replace

import pytest
from lamplighter_agent.config import SessionConfig
from lamplighter_agent.identity import Identity, identity_of
from lamplighter_agent.launching import Account
from lamplighter_protos.v1 import detection_pb2 as pb

SAM = Account(name="sam", uid=1000, gid=1000, groups=(), home="/home/sam")
CONFIG = SessionConfig(
    shared_users=frozenset({"reading-room", "both"}), kiosk_users=frozenset({"hall", "both"})
)


def test_an_account_of_its_own_is_a_named_person() -> None:
    assert identity_of(SAM, CONFIG) == pb.IDENTITY_CONFIDENCE_NAMED


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("reading-room", pb.IDENTITY_CONFIDENCE_SHARED),
        ("hall", pb.IDENTITY_CONFIDENCE_KIOSK),
        ("both", pb.IDENTITY_CONFIDENCE_KIOSK),
    ],
)
def test_the_school_names_what_several_people_use(name: str, identity: Identity) -> None:
    assert identity_of(replace(SAM, name=name), CONFIG) == identity


@pytest.mark.parametrize(
    "change",
    [{"uid": 0}, {"uid": 65534}, *({"home": home} for home in ("/tmp/guest-x", "/run/g", "/Users/Guest"))],
)
def test_nobody_s_own_account_is_unknown(change: dict[str, object]) -> None:
    assert identity_of(replace(SAM, **change), CONFIG) == pb.IDENTITY_CONFIDENCE_UNKNOWN  # type: ignore[arg-type]


def test_a_folder_that_only_begins_like_a_passing_one_is_a_home() -> None:
    assert identity_of(replace(SAM, home="/tmpfiles/sam"), CONFIG) == pb.IDENTITY_CONFIDENCE_NAMED
