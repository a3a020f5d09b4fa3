"""What a technician sends from the page of portable media: what is taken, and what is named as wrong."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from lamplighter_collector.errors import MediaRefused
from lamplighter_collector.media.values import Whom
from lamplighter_collector.web import media_forms as forms
from lamplighter_keywords.media.medium_id import MediumId
from lamplighter_keywords.media.permission import Access

from tests.support.sealed import seals_in

NOW = int(datetime(2026, 11, 22, 9).astimezone().timestamp() * 1000)
HOUR = 3_600_000
GRANT = {
    "medium": "usb:0951:1666:60a44c3f",
    "group": "account",
    "to": " wren ",
    "access": "read_write",
    "until": "2h",
    "reason": "Art project",
    "encrypted": "1",
}
LOAN = {"medium": "usb:0951:1666:60A44C3F", "to": "wren", "until": "day", "day": "2026-12-18"}


def test_a_permission_without_a_request() -> None:
    order = forms.grant_from(GRANT, NOW)
    assert order.what.medium == MediumId(bus="usb", vendor="0951", product="1666", serial="60A44C3F")
    assert (order.whom, order.access) == (Whom(person="wren"), Access.READ_WRITE)
    assert (order.ends, order.needs_encryption, order.reason) == (NOW + 2 * HOUR, True, "Art project")
    to_group = forms.grant_from({**GRANT, "group": "staff", "to": ""}, NOW)
    assert to_group.whom == Whom(group="staff")


def test_a_loan_to_the_end_of_its_day() -> None:
    loan = forms.loan_from({**LOAN, "name": "school stick 3"}, NOW)
    assert loan.due == datetime(2026, 12, 19).astimezone().timestamp() * 1000
    assert (loan.borrower, loan.encrypted, loan.what.name) == ("wren", False, "school stick 3")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"medium": ""}, "medium"),
        ({"medium": "floppy:0951:1666:60A44C3F"}, "medium"),
        ({"medium": "usb:0951:1666:00000000"}, "medium"),
        ({"group": ""}, "group"),
        ({"group": "visitors"}, "group"),
        ({"group": "staff"}, "to"),
        ({"access": ""}, "access"),
        ({"until": ""}, "until"),
        ({"until": "9y"}, "until"),
        ({"until": "day", "day": "Friday"}, "day"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(changes: Mapping[str, str], field: str) -> None:
    with pytest.raises(MediaRefused) as caught:
        forms.grant_from({**GRANT, **changes}, NOW)
    assert caught.value.field == field


def test_nobody_permits_themselves_by_another_spelling_either(tmp_path: Path) -> None:
    with seals_in(tmp_path) as seals:
        closed = {seals.pseudonym("subject", "wren")}
        for spelling in ("wren", "WREN", "SCHOOL\\wren", "wren@school.example"):
            with pytest.raises(MediaRefused) as caught:
                forms.check_not_theirs(spelling, seals, closed)
            assert caught.value.field == "to"
        forms.check_not_theirs("dev", seals, closed)
        forms.check_not_theirs("", seals, closed)
