"""Permissions: given, taken back, listed; each on record, and no name of a person in the open."""

from dataclasses import replace
from typing import Any

import pytest
from lamplighter_collector.errors import MediaRefused, MediaSettled, MediaUnknown
from lamplighter_collector.media import permissions
from lamplighter_collector.media.models import media_permissions
from lamplighter_keywords.media.permission import Access

from tests.collector.media.office import DAY, HOUR, NOW, STICK, Office
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION


def test_a_permission_is_given_listed_and_taken_back(office: Office) -> None:
    given = office.grant(person="wren", access=Access.READ_WRITE)
    (found,) = office.held()
    assert found == given
    assert (found.whom.person, found.access, found.reason) == ("wren", Access.READ_WRITE, "SATs files")
    assert (found.begins, found.ends, found.state(NOW)) == (NOW, NOW + 2 * HOUR, "holds")
    office.revoke(given.id, NOW + 1)
    assert office.held() == []
    with office.engine.begin() as connection:
        (past,) = permissions.every(connection, ORGANISATION, office.seals)
    assert (past.state(NOW), past.revoked_by) == ("revoked", "console")
    assert office.audited() == [
        (
            "console",
            "media-granted",
            f"{given.id} usb:0951:1666:60A44C3FAC35 read_only".replace("only", "write"),
        ),
        ("console", "media-revoked", given.id),
    ]


def test_a_permission_ends_by_itself(office: Office) -> None:
    office.grant(group="staff")
    assert len(office.held(NOW + 2 * HOUR - 1)) == 1
    assert office.held(NOW + 2 * HOUR) == []


def test_names_and_reasons_lie_sealed(office: Office) -> None:
    office.grant(person="wren", reason="for a reading by Ada Quill")
    (row,) = rows(office.engine, media_permissions)
    raw = b"".join(bytes(value) for value in row if isinstance(value, bytes))
    told = " ".join(str(value) for value in row)
    assert "wren" not in told
    assert b"wren" not in raw
    assert b"Quill" not in raw
    assert "Quill" not in told


def test_who_was_erased_has_no_name_any_more(office: Office) -> None:
    given = office.grant(person="wren")
    office.seals.destroy(given.subject)
    (found,) = office.held()
    assert (found.id, found.whom.person) == (given.id, "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends": NOW}, "until"),
        ({"ends": NOW - 1}, "until"),
        ({"ends": NOW + 401 * DAY}, "until"),
        ({"medium": replace(STICK, serial="")}, "medium"),
        ({"medium": replace(STICK, serial="0000")}, "medium"),
        ({"medium": replace(STICK, bus="")}, "medium"),
        ({"group": "visitors"}, "to"),
        ({"person": "wren", "group": "pupil"}, "to"),
        ({"person": " "}, "to"),
        ({"person": "a\nb"}, "to"),
        ({"person": "x" * 257}, "to"),
        ({"reason": " "}, "reason"),
        ({"reason": "a\nb"}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"name": "a\nb"}, "name"),
    ],
)
def test_what_can_not_be_given_is_named_and_changes_nothing(
    office: Office, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(MediaRefused) as caught:
        office.grant(**changes)
    assert caught.value.field == field
    assert office.held() == []
    assert office.audited() == []


def test_taking_back_what_does_not_hold_is_told(office: Office) -> None:
    with pytest.raises(MediaUnknown, match="no such permission"):
        office.revoke("mp-0000000000")
    given = office.grant()
    office.revoke(given.id)
    with pytest.raises(MediaSettled):
        office.revoke(given.id)
    ended = office.grant()
    with pytest.raises(MediaSettled):
        office.revoke(ended.id, NOW + DAY)


def test_another_organisation_s_permissions_are_not_seen(office: Office) -> None:
    given = office.grant()
    with office.engine.begin() as connection:
        assert permissions.every(connection, "Elsewhere", office.seals) == []
        with pytest.raises(MediaUnknown):
            permissions.revoke(connection, "Elsewhere", given.id, by=office.by())
