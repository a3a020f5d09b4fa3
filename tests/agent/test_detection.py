import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from lamplighter_agent.detection import Detection, Evidence, Speaker, new_id, utc_offset_minutes
from lamplighter_protos.v1 import detection_pb2 as pb

AT = datetime(2026, 7, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(params=[("Europe/London", 60), ("Asia/Kolkata", 330), ("America/St_Johns", -150)])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    name, minutes = request.param
    monkeypatch.setenv("TZ", name)
    time.tzset()
    yield int(minutes)
    monkeypatch.delenv("TZ")
    time.tzset()


def test_ids_are_16_bytes_random_and_in_order_of_time() -> None:
    ids = [new_id(AT + timedelta(milliseconds=step)) for step in range(100)]
    assert all(len(one) == 16 for one in ids)
    assert ids == sorted(ids)
    assert len({new_id(AT) for _ in range(1000)}) == 1000


def test_the_offset_is_the_wall_clock_s(zone: int) -> None:
    assert utc_offset_minutes(AT) == zone


def test_the_message_says_all_of_it() -> None:
    detection = Detection(
        id=new_id(AT),
        observed_at=AT,
        source=pb.SOURCE_PASTED,
        severity=4,
        user="sam",
        user_kind=pb.USER_KIND_PUPIL,
        identity=pb.IDENTITY_CONFIDENCE_SHARED,
        place=pb.PLACE_AWAY,
        application="xterm",
        theme="weapons",
        term="wp-1",
        list_version="2026.11.1",
        lane="exact",
        evidence=Evidence(before="a ", matched="knife", after=" b"),
        addends=(("base", 3), ("first person", 1)),
        typed_then_deleted=True,
    )
    message = pb.Detection.FromString(detection.message("Alder Vale School").SerializeToString())
    assert message.organisation == "Alder Vale School"
    assert message.observed_at.ToDatetime(UTC) == AT
    assert message.evidence == pb.Evidence(before="a ", matched="knife", after=" b")
    assert [(addend.reason, addend.value) for addend in message.addends] == [("base", 3), ("first person", 1)]
    assert (message.source, message.severity, message.typed_then_deleted) == (pb.SOURCE_PASTED, 4, True)
    assert (message.identity, message.place) == (pb.IDENTITY_CONFIDENCE_SHARED, pb.PLACE_AWAY)
    assert not message.HasField("loss")


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\n", "\x7f", "\x9b"])
def test_no_control_character_leaves_in_an_application_s_name(control: str) -> None:
    detection = Detection(
        id=new_id(AT), observed_at=AT, source=pb.SOURCE_TYPED, severity=2, application=f"xt{control}erm"
    )
    assert detection.message("Alder Vale School").application == "xt\N{REPLACEMENT CHARACTER}erm"


def test_no_text_of_a_person_shows_in_a_repr() -> None:
    evidence = Evidence(before="secret", matched="secret", after="secret")
    detection = Detection(
        id=b"", observed_at=AT, source=pb.SOURCE_TYPED, severity=2, user="secret", evidence=evidence
    )
    assert "secret" not in repr(detection) + repr(Speaker(user="secret", kind=pb.USER_KIND_PUPIL, session=1))
