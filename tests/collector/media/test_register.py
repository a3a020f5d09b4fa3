"""The signed register: what holds and nothing else, versions that only rise, one signer of several."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.db.changes import revisions
from lamplighter_collector.errors import SigningKeyMissing
from lamplighter_collector.media import requests
from lamplighter_collector.media.models import media_registers
from lamplighter_collector.media.register import refresh_if_possible
from lamplighter_keywords.media.permission import Access, person_mark
from lamplighter_keywords.media.register import Refusal
from sqlalchemy import update

from tests.collector.items import LAPTOP
from tests.collector.media.office import DAY, HOUR, NOW, STICK, Office
from tests.collector.stores import register, rows
from tests.support.collector import ORGANISATION
from tests.support.media_messages import request

WREN = person_mark(ORGANISATION, "wren")


def test_what_holds_is_signed_as_a_device_reads_it(office: Office) -> None:
    given = office.grant(person="Wren", access=Access.READ_WRITE, needs_encryption=True, size_bytes=16)
    office.grant(group="staff")
    revoked = office.grant(person="dev")
    office.revoke(revoked.id)
    assert office.refresh()
    register = office.register()
    assert register.version == NOW // 1000
    assert register.expires == NOW + 30 * DAY
    theirs, staff = sorted(register.permissions, key=lambda one: one.group)
    assert (theirs.id, theirs.medium, theirs.person) == (given.id, STICK, WREN)
    assert (theirs.access, theirs.needs_encryption, theirs.size_bytes) == (Access.READ_WRITE, True, 16)
    assert (staff.person, staff.group) == ("", "staff")


def test_nothing_is_signed_or_counted_while_nothing_changes(office: Office) -> None:
    office.grant()
    assert office.refresh()
    with office.engine.begin() as connection:
        before = revisions(connection, ORGANISATION)
    assert not office.refresh(NOW + HOUR)
    with office.engine.begin() as connection:
        assert revisions(connection, ORGANISATION) == before
    # What ended by itself needs no new signature.
    assert not office.refresh(NOW + 3 * HOUR)


def test_each_change_is_a_higher_version_even_within_a_second_or_with_a_clock_set_back(
    office: Office,
) -> None:
    versions = []
    for at in (NOW, NOW, NOW - 5 * DAY):
        office.grant(at=at)
        assert office.refresh(at)
        versions.append(office.register().version)
    assert versions == [NOW // 1000, NOW // 1000 + 1, NOW // 1000 + 2]


def test_it_is_signed_anew_each_day_so_that_it_never_runs_out(office: Office) -> None:
    assert office.refresh()
    assert not office.refresh(NOW + DAY - 1)
    assert office.refresh(NOW + DAY)
    assert office.register().expires == NOW + 31 * DAY


def test_a_refusal_is_signed_by_its_id_alone_until_its_days_are_over(office: Office) -> None:
    register(office.engine, LAPTOP)
    office.accept(request(), request())
    with office.engine.begin() as connection:
        one, _ = requests.waiting(connection, ORGANISATION, office.seals)
    office.refresh()
    assert office.register().refused == ()
    with office.engine.begin() as connection:
        requests.refuse_request(connection, ORGANISATION, one, by=office.by())
    assert office.refresh()
    until = NOW + requests.TOLD_DAYS * DAY
    assert office.register().refused == (Refusal(request=one.reference, until=until),)
    assert not office.refresh(NOW + 1)
    assert office.refresh(until - 1)
    assert office.register().refused
    # What is over by itself needs no new signature; the next one leaves it out.
    assert not office.refresh(until)
    assert office.refresh(until + DAY)
    assert office.register().refused == ()


def test_a_rotation_has_it_signed_by_the_new_key(office: Office) -> None:
    office.grant()
    office.refresh()
    office.rotate()
    assert office.refresh(NOW + 1)
    assert len(office.register().permissions) == 1


def test_without_a_signing_key_here_what_was_signed_stays(office: Office, tmp_path: Path) -> None:
    office.refresh()
    office.grant()
    elsewhere = SigningKeys(tmp_path / "elsewhere")
    with pytest.raises(SigningKeyMissing):
        office.refresh(keys=elsewhere)
    with office.engine.begin() as connection:
        assert not refresh_if_possible(connection, ORGANISATION, office.seals, elsewhere, now=NOW)
    assert office.register().permissions == ()
    assert office.refresh()
    assert len(office.register().permissions) == 1


def test_who_was_erased_is_permitted_nothing_any_more(office: Office) -> None:
    given = office.grant(person="wren")
    office.refresh()
    office.seals.destroy(given.subject)
    assert office.refresh()
    assert office.register().permissions == ()


def test_a_register_that_was_changed_in_the_store_is_signed_anew_and_rises(office: Office) -> None:
    office.refresh()
    before = office.register().version
    with office.engine.begin() as connection:
        connection.execute(update(media_registers).values(envelope=b"rubbish"))
    assert office.refresh()
    assert office.register().version == before + 1


def test_marks_of_people_lie_sealed(office: Office) -> None:
    office.grant(person="wren")
    office.refresh()
    ((envelope,),) = rows(office.engine, media_registers, "envelope")
    assert WREN.encode() not in envelope


def test_of_several_collectors_at_once_one_signs(office: Office) -> None:
    office.grant()
    start = threading.Barrier(4)

    def begin(_number: int) -> bool:
        start.wait(timeout=10)
        return office.refresh()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(begin, range(4))) == [False, False, False, True]
    assert office.register().version == NOW // 1000
