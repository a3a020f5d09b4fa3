"""The register is signed at the start, after a change and after trouble, without anybody asking."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
from lamplighter_collector.clock import now_ms
from lamplighter_collector.errors import StoreUnavailable
from lamplighter_collector.media import loans, renewing
from lamplighter_collector.media.loans import Loan
from lamplighter_collector.media.models import media_registers
from lamplighter_collector.media.reminding import REMINDED
from lamplighter_collector.media.renewing import Renewal
from lamplighter_collector.media.values import Named
from sqlalchemy import Connection

from tests.collector.media.office import DAY, STICK, Office
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION
from tests.support.waiting import until

SECONDS = 20
_T = TypeVar("_T")


class Transactions:
    """In this thread; `away` while the store is."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.away = False
        self.looked = asyncio.Event()

    async def __call__(self, action: Callable[[Connection], _T], /) -> _T:
        try:
            if self.away:
                raise StoreUnavailable("away")
            with self._office.engine.begin() as connection:
                return action(connection)
        finally:
            self.looked.set()

    async def look(self) -> None:
        async with asyncio.timeout(SECONDS):
            await self.looked.wait()
        self.looked.clear()


def versions(office: Office) -> list[tuple[int]]:
    return rows(office.engine, media_registers, "version")


async def test_it_is_signed_at_the_start_and_after_a_change(office: Office) -> None:
    transactions = Transactions(office)
    renewal = Renewal(transactions, ORGANISATION, office.seals, office.keys)
    renewal.start()
    try:
        await transactions.look()
        ((first,),) = versions(office)
        office.grant(ends=1 << 45, at=(1 << 45) - 1)
        renewal.changed()
        await transactions.look()
        ((second,),) = versions(office)
        assert second > first
    finally:
        await renewal.stop()


async def test_loans_that_come_due_are_reminded_of(office: Office) -> None:
    now = now_ms()
    order = Loan(what=Named(medium=STICK), borrower="wren", encrypted=True, due=now + DAY)
    with office.engine.begin() as connection:
        lent = loans.lend(connection, ORGANISATION, office.seals, order, by=office.by(now))
    renewal = Renewal(Transactions(office), ORGANISATION, office.seals, office.keys)
    renewal.start()
    try:
        await until(lambda: [about for _, verb, about in office.audited() if verb == REMINDED] != [])
    finally:
        await renewal.stop()
    assert any(about.startswith(lent.id) for _, verb, about in office.audited() if verb == REMINDED)


async def test_after_trouble_it_tries_again_soon(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewing, "AGAIN_SECONDS", 0.01)
    transactions = Transactions(office)
    transactions.away = True
    renewal = Renewal(transactions, ORGANISATION, office.seals, office.keys)
    renewal.start()
    try:
        await transactions.look()
        assert versions(office) == []
        transactions.away = False
        async with asyncio.timeout(SECONDS):
            while not versions(office):
                await transactions.look()
    finally:
        await renewal.stop()
