"""When a laptop is expected to be heard of: the hours of the school's own policy, or a usual school week.

A laptop that is shut at night is not silent; one that nobody hears of through lessons is.
"""

from datetime import datetime, time, timedelta
from typing import Final

from lamplighter_keywords.errors import KeywordsError
from lamplighter_keywords.policy.device_policy import DevicePolicy, Term, Window
from lamplighter_keywords.policy.policy_hours import is_open
from lamplighter_keywords.policy.policy_reading import policy_from_document
from sqlalchemy import Connection, select

from lamplighter_collector.bundles.models import bundles
from lamplighter_collector.bundles.shelf import newest_number

USUAL: Final = Window(days=(0, 1, 2, 3, 4), start=9 * 60, end=15 * 60, in_term=True)
_MOST_DAYS: Final = 60


def policy_now(connection: Connection, organisation: str) -> DevicePolicy:
    """The policy that was published last, as it is stored; the shipped one where that can't be read."""
    query = select(bundles.c.policy).where(
        bundles.c.organisation == organisation,
        bundles.c.version == newest_number(connection, organisation),
    )
    raw = connection.scalar(query)
    try:
        return DevicePolicy() if raw is None else policy_from_document(bytes(raw))
    except KeywordsError:
        return DevicePolicy()


def expected_hours(policy: DevicePolicy, since: datetime, now: datetime) -> float:
    """How many hours of lessons passed from one moment to another, both by the wall clock of the school.

    At most those of the last 60 days.
    """
    window = policy.pupil.hours or USUAL
    first = max(since, now - timedelta(days=_MOST_DAYS))
    days = (now.date() - first.date()).days
    dates = (first.date() + timedelta(days=number) for number in range(days + 1))
    midnights = (datetime.combine(date, time()) for date in dates)
    return sum(_hours(window, policy.terms, midnight, first, now) for midnight in midnights)


def _hours(
    window: Window, terms: tuple[Term, ...], midnight: datetime, since: datetime, now: datetime
) -> float:
    begins = midnight + timedelta(minutes=window.start)
    if not is_open(window, terms, begins):
        return 0.0
    begins, ends = max(begins, since), min(midnight + timedelta(minutes=window.end), now)
    return max(0.0, (ends - begins).total_seconds() / 3600)
