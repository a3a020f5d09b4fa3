"""The only place that decides what becomes of an observation. Pure.

Text comes in, detections go out, and what did not match is forgotten when `process` returns. Each finding
counts once: the same window of a field is handed over at every word, so a match is known by the field, its
term and its place. One that overlaps a counted one of the same term is that one, grown: "get some" becomes
"get some near me" while it is typed. A title counts once as long as it stays. Severity 1 never becomes a
detection here: it is only counted. What a licensed list finds has no evidence at all, and counts until the
licence is over. What does not count here and now (`Floor`) is not even counted.
"""

from collections import OrderedDict

from lamplighter_keywords.licensed_lane import LICENSED
from lamplighter_keywords.matcher import Match, Matcher, gravest
from lamplighter_keywords.policy.device_policy import Floor
from lamplighter_keywords.terms import Source, UserKind
from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.clock import Clock
from lamplighter_agent.context_counts import SEVERITY as CONTEXT
from lamplighter_agent.context_counts import ContextCounts
from lamplighter_agent.detection import Detection, Evidence, Speaker, new_id
from lamplighter_agent.evidence import cut
from lamplighter_agent.observation import Observation, TypedText, WindowTitle

# A ring holds 512 characters and so at most some hundred findings; this is enough for many fields at once.
REMEMBERED = 4096
EVERYTHING = Floor()
_KINDS = {pb.USER_KIND_PUPIL: UserKind.PUPIL, pb.USER_KIND_STAFF: UserKind.STAFF}
_SOURCES = {
    pb.SOURCE_TYPED: Source.TYPED,
    pb.SOURCE_PASTED: Source.PASTED,
    pb.SOURCE_WINDOW_TITLE: Source.WINDOW_TITLE,
}


class Pipeline:
    """Judges observations by the lists. `contexts` is where severity 1 goes.

    Without a matcher nothing is found: there are no lists yet.
    """

    def __init__(self, matcher: Matcher | None, clock: Clock, contexts: ContextCounts) -> None:
        self._matcher = matcher
        self._clock = clock
        self._contexts = contexts
        # Per session, field and term: where its last counted match ends in the field's whole stream.
        self._seen: OrderedDict[tuple[int, int, str], int] = OrderedDict()
        # Per session, the fingerprint of its last title: the title itself is not kept.
        self._titles: dict[int, int] = {}

    def judge_by(self, matcher: Matcher) -> None:
        """Judge by other lists from the next observation on; what was counted stays counted."""
        self._matcher = matcher

    def process(
        self, observation: Observation, speaker: Speaker, floor: Floor = EVERYTHING
    ) -> list[Detection]:
        """Return what this observation adds to what is known, from this severity on."""
        if self._matcher is None:
            return []
        match observation:
            case TypedText():
                return self._typed(observation, speaker, floor)
            case WindowTitle():
                return self._title(observation, speaker, floor)

    def forget(self, session: int) -> None:
        """Drop what is remembered of a session that ended."""
        self._titles.pop(session, None)
        for key in [key for key in self._seen if key[0] == session]:
            del self._seen[key]

    def _typed(self, typed: TypedText, speaker: Speaker, floor: Floor) -> list[Detection]:
        source = pb.SOURCE_PASTED if typed.pasted else pb.SOURCE_TYPED
        found = self._counting(self._matches(typed.text, source, speaker), floor)
        matches = sorted(found, key=lambda one: one.start)
        fresh = [found for found in matches if self._first_time(found, typed, speaker)]
        return self._judged(fresh, typed.text, source, speaker=speaker, application=typed.application)

    def _title(self, title: WindowTitle, speaker: Speaker, floor: Floor) -> list[Detection]:
        fingerprint = hash((title.application, title.title))
        if self._titles.get(speaker.session) == fingerprint:
            return []
        self._titles[speaker.session] = fingerprint
        source = pb.SOURCE_WINDOW_TITLE
        found = self._counting(self._matches(title.title, source, speaker), floor)
        return self._judged(found, title.title, source, speaker=speaker, application=title.application)

    def _matches(self, text: str, source: pb.Source.ValueType, speaker: Speaker) -> list[Match]:
        assert self._matcher is not None
        kind = _KINDS.get(speaker.kind, UserKind.PUPIL)
        found = self._matcher.match(text, source=_SOURCES[source], user_kind=kind)
        ends = self._matcher.licences
        if not ends:
            return gravest(found)
        now = int(self._clock.now().timestamp() * 1000)
        return gravest(one for one in found if one.lane != LICENSED or now < ends[one.list_id])

    def _counting(self, matches: list[Match], floor: Floor) -> list[Match]:
        """Before anything is remembered of them: what grows out of one may count."""
        assert self._matcher is not None
        core = self._matcher.is_core
        return [
            one
            for one in matches
            if one.severity >= floor.severity and (core(one.theme) or not floor.core_only)
        ]

    def _evidence(self, text: str, found: Match) -> Evidence | None:
        """Nothing of the words of a licensed list, nor of what stood around them."""
        assert self._matcher is not None
        if found.lane == LICENSED:
            return None
        return cut(text, found.start, found.end, self._matcher.withheld)

    def _first_time(self, found: Match, typed: TypedText, speaker: Speaker) -> bool:
        key = (speaker.session, typed.field_id, found.term)
        counted_to = self._seen.pop(key, -1)
        self._seen[key] = max(counted_to, typed.position + found.end)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return typed.position + found.start >= counted_to

    def _judged(
        self,
        matches: list[Match],
        text: str,
        source: pb.Source.ValueType,
        *,
        speaker: Speaker,
        application: str,
    ) -> list[Detection]:
        now = self._clock.now()
        for found in matches:
            if found.severity == CONTEXT:
                self._contexts.add(now, found.theme)
        return [
            Detection(
                id=new_id(now),
                observed_at=now,
                source=source,
                severity=found.severity,
                user=speaker.user,
                user_kind=speaker.kind,
                identity=speaker.identity,
                place=speaker.place,
                application=application,
                theme=found.theme,
                term=found.term,
                list_version=found.list_version,
                lane=found.lane,
                evidence=self._evidence(text, found),
                addends=found.addends,
                typed_then_deleted=found.deleted,
            )
            for found in matches
            if found.severity > CONTEXT
        ]
