"""Enrolled devices for the tests of this folder."""

from datetime import UTC, datetime
from pathlib import Path

from lamplighter_agent.enrolment.enrol import Wish, enrol
from lamplighter_agent.enrolment.identity import Identity, IdentityStore

from tests.support.school import TOKEN, School


def wish(school: School, **changes: str) -> Wish:
    told = {
        "collector": school.enrolment,
        "pin": school.authority.pin,
        "asset_tag": "AV-0042",
        "token": TOKEN,
    }
    return Wish(**(told | changes))


async def enrolled(school: School, state: Path) -> Identity:
    """Enrol a device as the verb does."""
    now = datetime.now(UTC)
    return IdentityStore(state).enrol(await enrol(wish(school), now), enrolment=school.enrolment, now=now)
