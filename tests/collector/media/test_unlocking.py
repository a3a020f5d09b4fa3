"""Unlock codes: for one enrolment of one device, on record, and never for one that has ended."""

from dataclasses import replace

import pytest
from lamplighter_collector.clock import moment_of
from lamplighter_collector.devices.register import State, end
from lamplighter_collector.errors import MediaRefused
from lamplighter_collector.media.unlocking import UnlockCode, give_code, unlock_secret
from lamplighter_keywords.media.unlock import hour_of, opens

from tests.collector.items import LAPTOP
from tests.collector.media.office import NOW, Office
from tests.collector.stores import register
from tests.support.collector import ORGANISATION

SERIAL = "60A44C3FAC35"


def code(office: Office, device: str = "lap-17", serial: str = SERIAL) -> str:
    return given_code(office, device, serial).code


def given_code(office: Office, device: str = "lap-17", serial: str = SERIAL) -> UnlockCode:
    with office.engine.begin() as connection:
        return give_code(connection, ORGANISATION, office.seals, device=device, serial=serial, by=office.by())


def test_the_code_opens_on_this_device_for_two_hours_and_is_on_record(office: Office) -> None:
    register(office.engine, LAPTOP)
    given = code(office)
    secret = unlock_secret(office.seals, LAPTOP.identity)
    hour = hour_of(moment_of(NOW))
    assert opens(given, secret, "lap-17", SERIAL, hour)
    assert opens(given, secret, "lap-17", SERIAL, hour + 1)
    assert not opens(given, secret, "lap-17", SERIAL, hour + 2)
    assert office.audited() == [("console", "media-unlock-code", f"lap-17 serial {SERIAL}")]
    assert given not in str(office.audited())


def test_it_says_until_when_a_device_takes_it(office: Office) -> None:
    register(office.engine, LAPTOP)
    given = given_code(office)
    secret, last = unlock_secret(office.seals, LAPTOP.identity), hour_of(moment_of(given.until - 1))
    assert opens(given.code, secret, "lap-17", SERIAL, last)
    assert not opens(given.code, secret, "lap-17", SERIAL, last + 1)
    assert given.code not in repr(given)


def test_a_technician_types_in_small_letters_what_the_device_reports_in_capitals(office: Office) -> None:
    register(office.engine, LAPTOP)
    given = code(office, device=" lap-17", serial=f" {SERIAL.lower()} ")
    assert given == code(office)
    hour = hour_of(moment_of(NOW))
    assert opens(given, unlock_secret(office.seals, LAPTOP.identity), "lap-17", SERIAL, hour)


def test_each_enrolment_and_each_school_has_a_secret_of_its_own(office: Office) -> None:
    ours = unlock_secret(office.seals, LAPTOP.identity)
    assert len(ours) == 32
    assert ours == unlock_secret(office.seals, LAPTOP.identity)
    assert ours != unlock_secret(office.seals, "another enrolment")
    register(office.engine, replace(LAPTOP, identity="another enrolment"))
    assert not opens(code(office), ours, "lap-17", SERIAL, hour_of(moment_of(NOW)))


def test_a_device_that_is_unknown_or_ended_gets_none(office: Office) -> None:
    with pytest.raises(MediaRefused, match="no such device"):
        code(office)
    register(office.engine, LAPTOP)
    for serial in ("", "a\nb", "x" * 129, "00000000", "123"):
        with pytest.raises(MediaRefused, match="type it again") as caught:
            code(office, serial=serial)
        assert caught.value.field == "serial"
    with office.engine.begin() as connection:
        end(connection, ORGANISATION, "lap-17", State.REVOKED, "stolen", NOW)
    with pytest.raises(MediaRefused, match="revoked"):
        code(office)
    assert office.audited() == []
