"""What is old is deleted by itself, on record by counts, and nothing else is."""

import pytest
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.media import loans
from lamplighter_collector.media.loans import Loan
from lamplighter_collector.media.models import (
    media_loans,
    media_permissions,
    media_requests,
    scan_receipts,
)
from lamplighter_collector.media.retention import KEPT_DAYS, delete_old
from lamplighter_collector.media.values import Named

from tests.collector.media.office import DAY, HOUR, NOW, STICK, Office
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION
from tests.support.media_messages import receipt, request

TABLES = (scan_receipts, media_requests, media_permissions, media_loans)


@pytest.fixture
def full(office: Office) -> Office:
    """A receipt, a request, a permission for two hours, a loan that came back and one that is out."""
    office.accept(receipt(), request())
    office.grant()
    order = Loan(what=Named(medium=STICK), borrower="wren", encrypted=True, due=NOW + DAY)
    with office.engine.begin() as connection:
        back = loans.lend(connection, ORGANISATION, office.seals, order, by=office.by())
        loans.give_back(connection, ORGANISATION, back.id, by=office.by())
        loans.lend(connection, ORGANISATION, office.seals, order, by=office.by())
    return office


def deleted(office: Office, now: int) -> int:
    with office.engine.begin() as connection:
        return delete_old(connection, ORGANISATION, now=now)


def left(office: Office) -> list[int]:
    return [len(rows(office.engine, table)) for table in TABLES]


def test_nothing_goes_before_its_time(full: Office) -> None:
    assert deleted(full, NOW + (KEPT_DAYS - 1) * DAY) == 0
    assert left(full) == [1, 1, 1, 2]


def test_what_is_old_goes_with_one_record_and_what_is_lent_stays(full: Office) -> None:
    late = NOW + (KEPT_DAYS + 1) * DAY
    assert deleted(full, late) == 4
    assert left(full) == [0, 0, 0, 1]
    assert [about for _, verb, about in full.audited() if verb == "media-deleted"] == [
        "scan_receipts 1, media_requests 1, media_permissions 1, media_loans 1"
    ]
    # The sighting that the request was is no business of this.
    assert len(rows(full.engine, detections)) == 1
    assert deleted(full, late + HOUR) == 0


def test_a_permission_is_kept_from_when_it_was_over(office: Office) -> None:
    revoked = office.grant(ends=NOW + 300 * DAY)
    office.revoke(revoked.id)
    standing = office.grant(ends=NOW + 300 * DAY)
    assert deleted(office, NOW + (KEPT_DAYS + 1) * DAY) == 1
    assert rows(office.engine, media_permissions, "id") == [(standing.id,)]
