"""Severity 1 is context: it leaves the device only as a count per day and theme, without a name or a text.

Counts of a day that is over become one detection each, without evidence. The counts of the current day are
kept by the service between two runs (`dump`, `restore`). Pure.
"""

import json
from datetime import UTC, datetime

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.detection import Detection, new_id

SEVERITY = 1
_Key = tuple[str, str]


class ContextCounts:
    """How often each theme was only context, by the device's own day."""

    def __init__(self) -> None:
        self._counts: dict[_Key, int] = {}
        self.changed = False

    def add(self, at: datetime, theme: str) -> None:
        key = (at.astimezone().date().isoformat(), theme)
        self._counts[key] = self._counts.get(key, 0) + 1
        self.changed = True

    def take_finished(self, now: datetime) -> list[Detection]:
        """Return one detection per theme of each day that is over; they are forgotten here."""
        today = now.astimezone().date().isoformat()
        finished = sorted(key for key in self._counts if key[0] < today)
        return [self._detection(key, now) for key in finished]

    def _detection(self, key: _Key, now: datetime) -> Detection:
        day, theme = key
        self.changed = True
        # Noon of that day by the device's wall clock: inside it, whatever the time zone.
        noon = datetime.fromisoformat(f"{day}T12:00:00").astimezone(UTC)
        return Detection(
            id=new_id(now),
            observed_at=noon,
            source=pb.SOURCE_TYPED,
            severity=SEVERITY,
            theme=theme,
            # One term per theme: the spool adds up repeats of one user and term.
            term=f"context:{theme}",
            repeats=self._counts.pop(key),
        )

    def dump(self) -> str:
        """Return the counts as text for a file of ours, and take note that they are safe."""
        self.changed = False
        return json.dumps([[*key, count] for key, count in self._counts.items()])

    def restore(self, text: str) -> None:
        """Take up counts of an earlier run; raise `ValueError` where the text is none of ours."""
        for day, theme, count in json.loads(text):
            self._counts[str(day), str(theme)] = int(count)
