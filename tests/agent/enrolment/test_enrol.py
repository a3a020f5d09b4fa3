"""A token becomes an identity, or a plain sentence that never shows the token."""

import traceback
from datetime import UTC, datetime, timedelta

import pytest
from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.enrolment.enrol import enrol
from lamplighter_agent.errors import CollectorUnreachable, ConfigError, EnrolmentRefused, PinWrong
from lamplighter_agent.machine import marks_of
from lamplighter_protos.v1.enrolment_pb2 import EnrolRequest

from tests.agent.enrolment.devices import wish
from tests.support.school import SCHOOL, TOKEN, SchoolAuthority, open_school

NOW = datetime.now(UTC)


async def test_the_collector_is_told_token_tag_and_key() -> None:
    async with open_school() as school:
        await enrol(wish(school), NOW)
        (asked,) = school.asked
    assert isinstance(asked, EnrolRequest)
    assert (asked.token, asked.asset_tag, asked.organisation) == (TOKEN, "AV-0042", "")


async def test_to_a_wrong_pin_nothing_is_sent() -> None:
    async with open_school() as school:
        with pytest.raises(PinWrong):
            await enrol(wish(school, pin=SchoolAuthority().pin), NOW)
        assert not school.asked


async def test_a_server_that_is_not_the_collector_gets_no_token() -> None:
    async with open_school(name="elsewhere.invalid") as school:
        # By the clock of now: the school's certificate is younger than this module.
        with pytest.raises(CollectorUnreachable, match="the address which tokens issue printed"):
            await enrol(wish(school), datetime.now(UTC))
        assert not school.asked


@pytest.mark.parametrize("days", [730, -730])
async def test_a_clock_that_is_off_is_named(days: int) -> None:
    # The school lives in another year than this device.
    async with open_school(SchoolAuthority(days_ahead=4000 if days > 0 else -4000)) as school:
        with pytest.raises(CollectorUnreachable, match="set the clock"):
            await enrol(wish(school), NOW)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("token-unknown", "does not know this token"),
        ("token-expired", "time is over"),
        ("token-used-up", "as often as it may"),
        ("token-withdrawn", "withdrawn"),
        ("asset-tag-refused", "asset tag"),
        ("device-retired", "retired"),
        ("something-new", "something-new"),
    ],
)
async def test_a_refusal_is_a_sentence_with_a_remedy(reason: str, said: str) -> None:
    async with open_school() as school:
        school.refuse = reason
        with pytest.raises(EnrolmentRefused, match=said) as refused:
            await enrol(wish(school), NOW)
    assert refused.value.reason == reason
    assert refused.value.remedy
    shown = "".join(traceback.format_exception(refused.value))
    assert TOKEN not in shown
    assert "must not be shown" not in shown


async def test_too_many_tries_are_told_to_wait() -> None:
    async with open_school() as school:
        school.busy = True
        with pytest.raises(EnrolmentRefused, match="wait a few minutes"):
            await enrol(wish(school), NOW)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"collector": "collector.example"}, "--collector"),
        ({"collector": "collector.example:0"}, "--collector"),
        ({"collector": ":8443"}, "--collector"),
        ({"pin": "abc"}, "--pin"),
        ({"asset_tag": " "}, "--asset-tag"),
        ({"asset_tag": "AV\n1"}, "--asset-tag"),
        ({"asset_tag": "x" * 65}, "--asset-tag"),
        ({"token": "zebra lantern"}, "token"),
        ({"token": "onlyonepart"}, "token"),
        ({"token": ""}, "token"),
    ],
)
async def test_what_can_t_be_right_is_named_and_never_quoted(change: dict[str, str], named: str) -> None:
    async with open_school() as school:
        with pytest.raises(ConfigError) as wrong:
            wish(school, **change)
        assert wrong.value.key == named
        assert "zebra" not in str(wrong.value)
        assert TOKEN not in repr(wish(school))


async def test_an_address_of_ipv6_is_taken_apart() -> None:
    async with open_school() as school:
        assert wish(school, collector="[::1]:8443").place == ("::1", 8443)


def test_the_clock_s_sentence_is_for_clocks_only() -> None:
    assert SchoolAuthority().certificate.not_valid_after_utc > NOW + timedelta(days=3000)


async def test_the_collector_is_told_a_mark_of_the_machine_and_no_number() -> None:
    facts = MachineFacts(product_uuid="4c4c4544-0044", serial="PF2ABCDE", system_id="0f0f")
    async with open_school() as school:
        await enrol(wish(school), NOW, facts)
        await enrol(wish(school), NOW)
        with_mark, without = (one for one in school.asked if isinstance(one, EnrolRequest))
    assert with_mark.machine == marks_of(facts, SCHOOL).hardware
    assert b"PF2ABCDE" not in with_mark.SerializeToString()
    assert without.machine == b""
