"""The way to the collector, with each thing on it really wrong."""

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lamplighter_agent.doctor.reach import reached, reached_by

from tests.support.identities import enrolled, issued_by
from tests.support.school import School, SchoolAuthority, open_school

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("grpc_let_go")]


async def ids(address: str, pin: str) -> list[str]:
    found = await asyncio.to_thread(reached, address, pin, datetime.now(UTC))
    assert all(one.reason and one.matters and one.remedy for one in found)
    return [one.id for one in found]


async def test_a_collector_that_answers_is_no_fault(school: School, tmp_path: Path) -> None:
    assert await ids(school.enrolment, school.authority.pin) == []
    identity = enrolled(tmp_path, issued_by(school.authority, ingest=school.ingest))
    assert await asyncio.to_thread(reached_by, identity, datetime.now(UTC)) == []


async def test_another_pin_is_named_with_both(school: School) -> None:
    other = SchoolAuthority().pin
    (found,) = await asyncio.to_thread(reached, school.enrolment, other, datetime.now(UTC))
    assert found.id == "collector-pin"
    assert other in found.reason
    assert school.authority.pin in found.reason


async def test_a_collector_that_stopped_is_its_port(school: School) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert await ids(f"127.0.0.1:{port}", school.authority.pin) == ["collector-port"]


async def test_a_name_that_nobody_knows(school: School) -> None:
    assert await ids("collector.nowhere.invalid:7443", school.authority.pin) == ["collector-name"]


async def test_who_speaks_no_tls_is_no_collector(school: School) -> None:
    async def shout(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    async with await asyncio.start_server(shout, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await ids(f"127.0.0.1:{port}", school.authority.pin) == ["collector-tls"]


@pytest.mark.parametrize("days", [4000, -4000])
async def test_a_clock_that_is_years_off(days: int) -> None:
    async with open_school(SchoolAuthority(days_ahead=days)) as school:
        assert await ids(school.enrolment, school.authority.pin) == ["clock"]
