"""An answer that does not make an identity is refused, with what is wrong with it."""

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lamplighter_agent.enrolment.enrol import enrol
from lamplighter_agent.enrolment.issued import new_key, signing_request
from lamplighter_agent.errors import AnswerUnusable

from tests.agent.enrolment.devices import wish
from tests.support.clock import MORNING
from tests.support.school import SCHOOL, SchoolAuthority, open_school


def test_a_request_names_nobody_and_asks_for_nothing() -> None:
    request = x509.load_der_x509_csr(signing_request(new_key()))
    assert request.is_signature_valid
    assert not list(request.subject)
    assert not list(request.extensions)


async def test_what_was_issued_is_taken_whole() -> None:
    async with open_school() as school:
        found = await enrol(wish(school), MORNING)
        assert (found.organisation, found.asset_tag, found.ingest) == (SCHOOL, "AV-0042", school.ingest)
        assert (found.roots, found.group) == ((b"a root",), "pupils")
        assert found.authorities == (school.authority.certificate,)


async def test_a_device_of_staff_is_told_so() -> None:
    async with open_school() as school:
        school.wrong = {"group": "staff"}
        assert (await enrol(wish(school), MORNING)).group == "staff"


def foreign(field: str) -> dict[str, Any]:
    """A part of an answer that is another authority's, or for another device."""
    other = SchoolAuthority()
    der = {
        "authority": other.certificate,
        "key": other.device("AV-0042", new_key().public_key()),
    }[field].public_bytes(Encoding.DER)
    return {"authorities": [der]} if field == "authority" else {"certificate": der}


@pytest.mark.fault
@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"certificate": b"nonsense"}, "can't be read"),
        ({"certificate": b""}, "can't be read"),
        ({"authorities": [b"nonsense"]}, "can't be read"),
        ({"authorities": []}, "not signed"),
        (foreign("authority"), "not signed"),
        (foreign("key"), "another key"),
        ({"asset_tag": "AV-9999"}, "another asset tag"),
        ({"organisation": "Marrowby Vale School"}, "another organisation"),
        ({"organisation": ""}, "another organisation"),
        ({"ingest_address": ""}, "where to deliver"),
        ({"ingest_address": "collector.example"}, "where to deliver"),
        ({"group": "teachers"}, "a group"),
    ],
)
async def test_an_answer_that_does_not_fit_is_refused(wrong: dict[str, Any], problem: str) -> None:
    async with open_school() as school:
        school.wrong = wrong
        with pytest.raises(AnswerUnusable, match=problem):
            await enrol(wish(school), MORNING)
