"""Keeps in which sessions somebody said that another person is using the device. A label, for an hour.

It changes what a record says of who it was and nothing else: never what is sensed, how grave it is or when it
is read. By the wall clock, which goes on in a suspend; one that was set back ends the hour.
"""

from datetime import datetime, timedelta
from typing import Final

from lamplighter_agent.clock import Clock
from lamplighter_agent.launching import GraphicalSession, SessionKey

HOLDS: Final = timedelta(minutes=60)


class SomebodyElse:
    """Memory only: a service that starts anew has heard nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said: dict[SessionKey, datetime] = {}

    def said(self, session: GraphicalSession) -> None:
        """Take note for an hour from now; said again, it begins anew."""
        self._said[session.key] = self._clock.now()

    def holds(self, session: GraphicalSession) -> bool:
        """Say whether it was said of this session within the hour."""
        said = self._said.get(session.key)
        if said is None:
            return False
        if timedelta() <= self._clock.now() - said < HOLDS:
            return True
        del self._said[session.key]
        return False
