"""The list of what was decided: only what the reader may read, a sheet at a time."""

import sqlite3

import pytest
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review.history import DECIDED_AT_ONCE

from tests.collector.web.conftest import Deliver
from tests.support.collector import Collector, detection
from tests.support.forms import text_of
from tests.support.signed_in import SignedIn, sign_in

MORE = DECIDED_AT_ONCE + 3


@pytest.fixture
def closed(collector: Collector, deliver: Deliver) -> None:
    """More closed items than one sheet holds; too many to decide them by forms."""
    deliver(*(detection(user=f"user{number:03}") for number in range(MORE)))
    store = sqlite3.connect(collector.store.removeprefix("sqlite:///"), timeout=10)
    store.execute(
        "UPDATE incidents SET state = 'test', outcome = 'test', decided_by = 'gone',"
        " decided_at = 1795248000000 + rowid_of.number FROM"
        " (SELECT id, row_number() OVER (ORDER BY id) AS number FROM incidents) AS rowid_of"
        " WHERE rowid_of.id = incidents.id"
    )
    store.commit()
    store.close()


def test_sheets_hold_all_once_and_nobody_elses(collector: Collector, dsl: SignedIn, closed: None) -> None:
    first, second = dsl.request("/decided"), dsl.request("/decided?page=2")
    assert f"{MORE} items are closed" in text_of(first)
    assert "Page 1 of 2" in text_of(first)
    assert "A colleague" in first.body
    shown = [part[:27] for page in (first, second) for part in page.body.split('href="/incidents/')[1:]]
    assert len(shown) == len(set(shown)) == MORE
    assert 'href="/decided?page=1"' in second.body
    head = sign_in(collector.web, collector.config, Role.HEADTEACHER)
    assert "Nothing has been decided yet." in head.request("/decided").body
    for nonsense in ("0", "-1", "x", "99999", "1e9"):
        assert dsl.request(f"/decided?page={nonsense}").status == 200
