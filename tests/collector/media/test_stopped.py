"""What technicians see of incidents of media: theme, device and time."""

from lamplighter_collector.ingest.models import subjects
from lamplighter_collector.media.stopped import Stopped, lately
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.collector.media.office import Office
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION, detection


def told(office: Office, *closed: str) -> list[Stopped]:
    with office.engine.begin() as connection:
        return lately(connection, ORGANISATION, closed=closed)


def medium(theme: str, severity: int = 4) -> pb.Detection:
    message = detection(theme=theme, severity=severity, source=pb.SOURCE_PORTABLE_MEDIA, term="media-held:0a")
    message.ClearField("evidence")
    return message


def test_media_are_told_and_nothing_else(office: Office) -> None:
    office.accept(medium("malware-media"), medium("unscanned-media", 2), detection(theme="bullying"))
    assert {(one.theme, one.severity, one.device) for one in told(office)} == {
        ("malware-media", 4, "lap-17"),
        ("unscanned-media", 2, "lap-17"),
    }


def test_what_is_about_the_reader_is_left_out(office: Office) -> None:
    office.accept(medium("deceptive-device"))
    ((subject,),) = rows(office.engine, subjects, "id")
    assert told(office, subject) == []
    assert len(told(office, "somebody else")) == 1


def test_unscanned_media_of_one_day_are_one_incident(office: Office) -> None:
    office.accept(medium("unscanned-media", 2), medium("unscanned-media", 2))
    (one,) = told(office)
    assert one.count == 2
