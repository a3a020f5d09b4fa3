"""Which incident an item goes to, exact inside the writer's own transaction.

On the way in an item is placed by what its device says of the user. Here the rest is added: the links of
accounts, and that another device, or an earlier item, called the same account a member of staff's. Both are
looked up while the transaction holds the organisation's counter of changes. Who changes a link takes that
counter too before they move what is stored: so of a group and a link one comes first, and either the group
sees the link or the link moves the group's items. Runs on the writer thread only.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from lamplighter_collector.db.driver import Cursor
from lamplighter_collector.grouping.fingerprint import Audience
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.ingest.arrival import Arrival, Placement
from lamplighter_collector.ingest.detection import UserKind
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.people.links import read_routes

# One statement for both: each one costs the writer thread a wait for the busy loop beside it.
_LOOK_UP: Final = (
    "SELECT '' AS subject, revision FROM changes WHERE organisation = {mark} AND kind = 'people' "
    "UNION ALL "
    "SELECT id, -1 FROM subjects WHERE organisation = {mark} AND user_kind = {kind} AND id IN ({marks})"
)
_INCIDENT: Final = list(detections.columns).index(detections.c.incident)
"""Where in a row the incident stands."""
_SUBJECTS_AT_ONCE: Final = 500
_STAFF_KEPT: Final = 50_000
_Case = tuple[str, str, int, Audience]
"""Organisation, subject, kind and audience of a placement."""


class Misplaced(Exception):
    """Links or kinds are not what the group was placed by; they are known now, so place it again."""


class Signposts:
    """Remembers links and kinds as they were when they were looked up last."""

    def __init__(self) -> None:
        self._routes: dict[str, tuple[int, Routes]] = {}
        self._staff: set[tuple[str, str]] = set()

    def placed(self, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
        """The arrivals, each in the incident where it belongs by what is known here."""
        right = self._right(arrivals)
        if not right:
            return arrivals
        return [_moved(arrival, right.get(case)) for arrival in arrivals for case in (_case(arrival),)]

    def check(self, cursor: Cursor, arrivals: Sequence[Arrival]) -> None:
        """Look links and kinds up. The transaction must hold the organisations' counters.

        Raises:
            Misplaced: some arrival belongs to another incident; nothing of the group may be committed.
        """
        if len(self._staff) >= _STAFF_KEPT:
            # Between groups only: what is looked up for this one must stand until it is judged.
            self._staff.clear()
        cases = {case for arrival in arrivals if (case := _case(arrival)) is not None}
        for organisation in sorted({case[0] for case in cases}):
            unsure = sorted(
                {
                    subject
                    for mine, subject, kind, _ in cases
                    if mine == organisation and subject and kind < UserKind.STAFF
                }
            )
            for start in range(0, max(1, len(unsure)), _SUBJECTS_AT_ONCE):
                self._look_up(cursor, organisation, unsure[start : start + _SUBJECTS_AT_ONCE])
        if self._right(arrivals):
            raise Misplaced

    def _right(self, arrivals: Iterable[Arrival]) -> Mapping[_Case | None, tuple[UserKind, Audience]]:
        """Of the cases that are not where they belong: as what, and where, they do."""
        cases = {case for arrival in arrivals if (case := _case(arrival)) is not None}
        staff = {case[:2] for case in cases if case[2] == UserKind.STAFF and case[1]}
        right: dict[_Case | None, tuple[UserKind, Audience]] = {}
        for case in cases:
            organisation, subject, kind, audience = case
            known = (organisation, subject) in staff or (organisation, subject) in self._staff
            as_ = UserKind.STAFF if known else UserKind(kind)
            _, routes = self._routes.get(organisation, (-1, Routes()))
            belongs = routes.audience(as_, subject)
            if (kind, audience) != (as_, belongs):
                right[case] = as_, belongs
        return right

    def _look_up(self, cursor: Cursor, organisation: str, subjects: Sequence[str]) -> None:
        marks = ",".join([cursor.mark] * len(subjects)) or "NULL"
        query = _LOOK_UP.format(mark=cursor.mark, kind=int(UserKind.STAFF), marks=marks)
        cursor.execute(query, (organisation, organisation, *subjects))
        revision = 0
        for subject, number in cursor.rows():
            if subject:
                self._staff.add((organisation, str(subject)))
            else:
                revision = int(str(number))
        if self._routes.get(organisation, (-1, None))[0] != revision:
            self._routes[organisation] = revision, read_routes(cursor, organisation)


def _case(arrival: Arrival) -> _Case | None:
    place = arrival.place
    if not isinstance(place, Placement):
        return None
    return arrival.key[0], place.fingerprint.subject, int(place.user_kind), place.fingerprint.audience


def _moved(arrival: Arrival, right: tuple[UserKind, Audience] | None) -> Arrival:
    """The device's own word stays in the detection's row; the incident is what changes."""
    place = arrival.place
    if right is None or not isinstance(place, Placement):
        return arrival
    kind, audience = right
    fingerprint = place.fingerprint._replace(audience=audience)
    incident = fingerprint.incident_id
    return arrival._replace(
        row=(*arrival.row[:_INCIDENT], incident, *arrival.row[_INCIDENT + 1 :]),
        place=place._replace(incident=incident, fingerprint=fingerprint, user_kind=int(kind)),
    )
