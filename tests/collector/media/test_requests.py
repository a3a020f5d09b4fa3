"""Requests from screens: in the queue and on the list, answered once, by nobody for themselves."""

import pytest
from lamplighter_collector.devices.register import State, end
from lamplighter_collector.errors import MediaRefused, MediaSettled, MediaUnknown
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.media import requests
from lamplighter_collector.media.models import media_requests
from lamplighter_collector.media.requests import Answer
from lamplighter_collector.media.values import RequestRecord, Whom
from lamplighter_collector.review.models import incidents
from lamplighter_keywords.media.permission import Access
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.collector.items import LAPTOP
from tests.collector.media.office import HOUR, NOW, Office
from tests.collector.stores import register, rows
from tests.support.collector import ORGANISATION
from tests.support.media_messages import medium, request

TWO_HOURS = Answer(access=Access.READ_ONLY, ends=NOW + 2 * HOUR)


@pytest.fixture
def asked(office: Office) -> Office:
    register(office.engine, LAPTOP)
    office.accept(request())
    return office


def waiting(office: Office, *closed: str) -> list[RequestRecord]:
    with office.engine.begin() as connection:
        return requests.waiting(connection, ORGANISATION, office.seals, closed=closed)


def test_a_request_is_stored_once_a_sighting_in_the_queue_and_waits(asked: Office) -> None:
    again = request()
    assert asked.accept(again, again) == [True, False]
    assert asked.accept(again) == [False]
    assert rows(asked.engine, incidents, "theme", "severity", "sightings") == [("unapproved-media", 2, 2)]
    assert len(rows(asked.engine, detections)) == len(rows(asked.engine, media_requests)) == 2
    first = waiting(asked)[0]
    assert (first.device, first.person, first.reason) == ("lap-17", "pupil07", "homework")
    assert (first.read_write, first.what.name) == (True, "Example Stick")


def test_granted_it_is_for_who_asked_and_waits_no_more(asked: Office) -> None:
    (one,) = waiting(asked)
    with asked.engine.begin() as connection:
        given = requests.grant_request(
            connection, ORGANISATION, asked.seals, one, TWO_HOURS, by=asked.by(account="mason")
        )
    assert (given.whom.person, given.reason, given.access) == (
        "pupil07",
        "asked for: homework",
        Access.READ_ONLY,
    )
    # So that a copy of the serial number on another stick is not it.
    assert given.size_bytes == one.size_bytes == 16_000_000_000
    assert waiting(asked) == []
    with asked.engine.begin() as connection:
        (past,) = requests.every(connection, ORGANISATION, asked.seals)
    assert (past.answered_by, past.permission) == ("mason", given.id)
    with pytest.raises(MediaSettled), asked.engine.begin() as connection:
        requests.refuse_request(connection, ORGANISATION, one, by=asked.by())


def test_refused_it_waits_no_more_and_is_on_record(asked: Office) -> None:
    (one,) = waiting(asked)
    with asked.engine.begin() as connection:
        requests.refuse_request(connection, ORGANISATION, one, by=asked.by())
    assert waiting(asked) == []
    assert asked.audited() == [
        ("console", "media-request-refused", f"{one.reference} usb:0951:1666:60A44C3FAC35")
    ]
    with pytest.raises(MediaSettled), asked.engine.begin() as connection:
        requests.grant_request(connection, ORGANISATION, asked.seals, one, TWO_HOURS, by=asked.by())
    assert asked.held() == []


def test_nobody_sees_their_own(asked: Office) -> None:
    (one,) = waiting(asked)
    assert waiting(asked, one.subject) == []
    with asked.engine.begin() as connection:
        assert requests.count_waiting(connection, ORGANISATION) == 1
        assert requests.count_waiting(connection, ORGANISATION, closed=[one.subject]) == 0
    with pytest.raises(MediaUnknown), asked.engine.begin() as connection:
        requests.find(connection, ORGANISATION, asked.seals, one.reference, closed=[one.subject])


@pytest.mark.parametrize("reference", ["", "zz", "0" * 31, "0" * 32, "x" * 32])
def test_what_is_no_request_is_told(asked: Office, reference: str) -> None:
    with pytest.raises(MediaUnknown), asked.engine.begin() as connection:
        requests.find(connection, ORGANISATION, asked.seals, reference)


def test_a_medium_that_can_not_be_named_is_asked_for_but_never_given(asked: Office) -> None:
    asked.accept(request(request=pb.MediaRequest(medium=medium(serial=""), reason="lesson")))
    nameless = next(one for one in waiting(asked) if not one.what.medium.serial)
    with pytest.raises(MediaRefused, match="no serial number"), asked.engine.begin() as connection:
        requests.grant_request(connection, ORGANISATION, asked.seals, nameless, TWO_HOURS, by=asked.by())


def test_a_request_of_nobody_needs_to_be_told_for_whom(asked: Office) -> None:
    asked.accept(request(user="", id=b"n" * 16))
    with asked.engine.begin() as connection:
        nobody = requests.find(connection, ORGANISATION, asked.seals, (b"n" * 16).hex())
        with pytest.raises(MediaRefused, match="whom"):
            requests.grant_request(connection, ORGANISATION, asked.seals, nobody, TWO_HOURS, by=asked.by())
        answer = Answer(access=Access.READ_ONLY, ends=NOW + HOUR, whom=Whom(group="pupil"))
        given = requests.grant_request(connection, ORGANISATION, asked.seals, nobody, answer, by=asked.by())
    assert given.whom.group == "pupil"


def test_a_request_of_a_laptop_that_ended_waits_no_more(asked: Office) -> None:
    with asked.engine.begin() as connection:
        end(connection, ORGANISATION, "lap-17", State.REVOKED, "stolen", NOW)
        assert requests.count_waiting(connection, ORGANISATION) == 0
    assert waiting(asked) == []


def test_who_was_erased_has_no_name_here(asked: Office) -> None:
    (one,) = waiting(asked)
    asked.seals.destroy(one.subject)
    assert waiting(asked)[0].person == ""
