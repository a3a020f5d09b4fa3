"""How grave a match is: the severity of its term, moved step by step, every step under a plain name.

In this order:

1. the severity of the term; higher where one of its `raises` is near
2. one word by itself is at most 3, unless the term stands alone; a list no speaker reviewed is at most 4
3. the context that lowers most, one step for all of them:
   - a work of reference, a set text or the news, in the title's parts, or a known work in the text: 1
   - school work or the news in the words: 1
   - a helpline: 2, but what somebody discloses about themselves stays at 4; on a lesson's slide: 1
   - a game, a sport, a story: 1 for violence, weapons and bullying, 2 for terrorism, unless its term is 5,
     somebody means it, or the words place it among people; what is said to be done "in minecraft" always
   - a member of staff at safeguarding work, or the title of a school's policy for a term that is a topic
     only (2) and where nobody speaks of themselves: 1
   - what the term's own `lowers` says
4. a window's title, text that was deleted again, a typing slip: one less each

Context never deletes. A core theme keeps 3 where somebody speaks of their own life, of an intention, means or
a time, and 2 otherwise; a known title, a lesson's slide about help, a policy or the work of staff takes it
below 2. Of other themes, what is meant for somebody keeps 2 beside school work. On a page that others wrote,
a quoted "I" is theirs.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from lamplighter_keywords.judging.contexts import EARNEST, IN_GAME, POLICY, REPORTED, WORK, Contexts
from lamplighter_keywords.judging.titles import TitleParts, Titles
from lamplighter_keywords.knowledge import EMPTY_KNOWLEDGE, Knowledge, SiteKind
from lamplighter_keywords.rules import Finding
from lamplighter_keywords.terms import Mode, Term
from lamplighter_keywords.written import Rule

LOWEST: Final = 1
HIGHEST: Final = 5
EARNEST_FLOOR: Final = 3
CORE_FLOOR: Final = 2
MOST_FOR_ONE_WORD: Final = 3
MOST_UNREVIEWED: Final = 4
DISCLOSED: Final = 4
SEEN: Final = 2

Addends = tuple[tuple[str, int], ...]

# Where a word of play is a word of play.
PLAYFUL: Final = frozenset({"violence", "weapons", "bullying", "terrorism"})
# What is done in games, as "kill you in minecraft" says.
IN_GAMES: Final = PLAYFUL | {"drugs", "criminal-exploitation", "gambling", "cyber-misuse", "missing"}
# Cheating is about school work.
OF_SCHOOL_WORK: Final = frozenset({"cyber-misuse"})
# Signs of harm to a member of staff, who is looked after by the head.
DISTRESS: Final = frozenset({"suicide", "self-harm", "eating-disorder", "low-mood"})
# Towards children, nobody's work excuses what is said in the first person.
TOWARDS_CHILDREN: Final = frozenset({"grooming", "nudes", "csam", "harmful-sexual-behaviour"})
_PLAY: Final = ("gaming", "sport", "fiction")
# What a site says about everything on it.
_OF_SITES: Final = {
    SiteKind.REFERENCE: frozenset({"reference"}),
    SiteKind.NEWS: frozenset({"reference", "news"}),
    SiteKind.HELPLINE: frozenset({"helpline"}),
    SiteKind.GAME: frozenset({"gaming"}),
}
# A page of these was written by somebody else.
_OTHERS_WORDS: Final = frozenset({SiteKind.REFERENCE, SiteKind.NEWS, SiteKind.HELPLINE})
_QUOTED: Final = re.compile(r"""(?<!\w)['"\u2018\u201c][^'"]+['"\u2019\u201d]""")
_SLIP: Final = "typo"
# So many cases are remembered by a judge.
_REMEMBERED: Final = 2_048

# What a person reads about a context, as the end of "... because".
PLAIN: Final = {
    "first_person": "the writer spoke of themselves",
    "intent": "the words speak of wanting to",
    "means": "the words name a means",
    "time": "the words name a time or a day",
    "method_seeking": "the words ask how",
    "curriculum": "it looks like school work",
    "helpline": "it stands beside a helpline",
    "reference": "it is the title of a work of reference",
    "news": "it looks like the news",
    "gaming": "it is about a game",
    "sport": "it is about sport",
    "fiction": "it is about a story, a film or a song",
    "staff_work": "it is safeguarding work of staff",
    "negation": "the words deny it",
    "past_help": "it is past, and somebody helped",
    WORK: "a known book, play, film or song is named",
    POLICY: "it is the title of a school's policy",
}
ONE_WORD: Final = "it is one word by itself"
UNREVIEWED: Final = "no speaker of the language has reviewed the list"
STAFF_DISTRESS: Final = "it is about a member of staff, who is looked after"
TITLE: Final = "window title"
DELETED: Final = "typed, then deleted"
SLIP: Final = "typing slip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known about the text as a whole."""

    # The parts of a window's title; none for text that was typed.
    title: TitleParts | None = None
    staff: bool = False
    deleted: bool = False

    @property
    def searched(self) -> bool:
        """Whether the title is that of a search engine."""
        return self.title is not None and self.title.kind is SiteKind.SEARCH


_OF_TYPED: Final = {
    (staff, deleted): Circumstances(staff=staff, deleted=deleted)
    for staff in (False, True)
    for deleted in (False, True)
}


class _Case(NamedTuple):
    """Everything that the severity of a finding depends on; no words of the text are among it."""

    rule: Rule
    around: frozenset[str]
    kind: SiteKind | None
    typed: bool
    staff: bool
    deleted: bool
    slip: bool
    # Somebody means it, in words of their own.
    meant: bool


class _Setting(NamedTuple):
    """A case, and how grave it is before its context is counted."""

    term: Term
    theme: str
    core: bool
    severity: int
    around: frozenset[str]
    kind: SiteKind | None
    typed: bool
    staff: bool
    meant: bool


class Judge:
    """Weighs findings by some knowledge. Not changed after it is made, so any number of threads may ask."""

    def __init__(self, knowledge: Knowledge = EMPTY_KNOWLEDGE) -> None:
        self._contexts = Contexts(knowledge)
        self._titles = Titles(knowledge.sites)
        # While somebody types, the same case is met at every key.
        self._weighed = lru_cache(maxsize=_REMEMBERED)(_weighed)

    def circumstances(self, text: str, *, title: bool, staff: bool, deleted: bool) -> Circumstances:
        """Look at the text as a whole."""
        if title:
            return Circumstances(title=self._titles.parts(text), staff=staff, deleted=deleted)
        return _OF_TYPED[staff, deleted]

    def cues(self, finding: Finding) -> dict[str, str]:
        """Give the words that were heard around a finding, by what a person reads about them."""
        words = finding.reading.words
        heard = self._contexts.heard(words, finding.first, finding.last)
        plain = {("gaming" if name == IN_GAME else name): place for name, place in heard.items()}
        return {
            PLAIN[name]: b" ".join(words[begin : end + 1]).decode()
            for name, (begin, end) in plain.items()
            if name in PLAIN
        }

    def weigh(self, finding: Finding, circumstances: Circumstances) -> tuple[int, Addends]:
        """Give the severity, and the steps that add up to it."""
        rule, reading = finding.rule, finding.reading
        around = self._contexts.around(reading.words, finding.first, finding.last)
        title = circumstances.title
        kind = title.kind if title else None
        if kind in _OF_SITES:
            around |= _OF_SITES[kind]
        meant = _is_meant(around, title)
        slip = finding.lane == _SLIP
        staff, deleted = circumstances.staff, circumstances.deleted
        return self._weighed(_Case(rule, around, kind, title is None, staff, deleted, slip, meant))


def _weighed(case: _Case) -> tuple[int, Addends]:
    rule, around = case.rule, case.around
    steps = [("term", rule.term.severity)]
    for reason, severity in _before_context(rule, around):
        _step(steps, reason, severity)
    setting = _Setting(
        term=rule.term,
        theme=rule.theme,
        core=rule.core,
        severity=_sum(steps),
        around=around,
        kind=case.kind,
        typed=case.typed,
        staff=case.staff,
        meant=case.meant,
    )
    targets = list(_targets(setting))
    if targets:
        severity, reason = min(targets)
        _step(steps, reason, min(severity, setting.severity))
    for reason, severity in _after_context(setting, case, so_far=_sum(steps)):
        _step(steps, reason, severity)
    return _sum(steps), tuple(steps)


@lru_cache(maxsize=4)
def judge_of(knowledge: Knowledge) -> Judge:
    """Give the judge of some knowledge; making one takes a while, and lint asks for every term."""
    return Judge(knowledge)


def _sum(steps: Sequence[tuple[str, int]]) -> int:
    return sum(value for _, value in steps)


def _step(steps: list[tuple[str, int]], reason: str, severity: int) -> None:
    """Add the step that leads to a severity, if there is one."""
    moved = severity - _sum(steps)
    if moved:
        steps.append((reason, moved))


def _before_context(rule: Rule, around: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Give what raises a term, and what it may be at most."""
    term = rule.term
    severity = term.severity
    if term.raises:
        context = next((one for one in term.raises.contexts if one in around), "")
        if context:
            severity = min(HIGHEST, severity + term.raises.by)
            yield PLAIN[context], severity
    alone = term.match is Mode.WORD and not rule.has_required and not term.standalone
    if alone and severity > MOST_FOR_ONE_WORD:
        severity = MOST_FOR_ONE_WORD
        yield ONE_WORD, severity
    if not rule.speaker_reviewed and severity > MOST_UNREVIEWED:
        yield UNREVIEWED, MOST_UNREVIEWED


def _is_meant(around: frozenset[str], title: TitleParts | None) -> bool:
    if title is None or title.kind not in _OTHERS_WORDS:
        return not around.isdisjoint(EARNEST)
    # A headline has times and means; only a person who speaks for themselves is somebody here.
    return "first_person" in around and REPORTED not in around and not _QUOTED.search(title.page)


def _targets(setting: _Setting) -> Iterator[tuple[int, str]]:
    """Give how low each context would take the finding, with its floor already counted."""
    floor = LOWEST
    if setting.core:
        floor = EARNEST_FLOOR if setting.meant else CORE_FLOOR
    yield from _known(setting)
    for words in ("curriculum", "news"):
        if words in setting.around:
            yield (floor if setting.core else _beside_school(setting)), PLAIN[words]
    if "helpline" in setting.around:
        yield max(floor, _beside_helpline(setting)), PLAIN["helpline"]
    if IN_GAME in setting.around and setting.theme in IN_GAMES and "real_life" not in setting.around:
        yield floor, PLAIN["gaming"]
    if _is_play(setting):
        yield from ((floor, PLAIN[play]) for play in _PLAY if play in setting.around)
    lowers = setting.term.lowers
    if lowers:
        yield from ((max(lowers.to, floor), PLAIN[one]) for one in lowers.contexts if one in setting.around)


def _known(setting: _Setting) -> Iterator[tuple[int, str]]:
    """Give what is nobody's own doing: staff's work, policies, known titles, a lesson's slide about help."""
    if setting.around >= {"curriculum", "helpline"} and not (setting.typed or setting.meant):
        yield LOWEST, PLAIN["helpline"]
    if _is_policy(setting):
        yield LOWEST, PLAIN[POLICY]
    if setting.staff and "staff_work" in setting.around and not _towards_children(setting):
        yield LOWEST, PLAIN["staff_work"]
    lowest = EARNEST_FLOOR if setting.core and setting.meant else LOWEST
    if "reference" in setting.around:
        yield lowest, PLAIN["reference"]
    if WORK in setting.around:
        yield (lowest if setting.core else _beside_school(setting)), PLAIN[WORK]


def _is_policy(setting: _Setting) -> bool:
    """Say whether the title is a school's paper on a topic; a deed or a search is somebody's own."""
    if setting.severity > SEEN:
        return False
    asked = setting.kind is SiteKind.SEARCH or "method_seeking" in setting.around
    return POLICY in setting.around and not (setting.typed or setting.meant or asked)


def _beside_school(setting: _Setting) -> int:
    """Beside school work, what is meant for somebody is still seen, and so is what is gravest."""
    if setting.severity >= HIGHEST or (setting.typed and setting.theme in OF_SCHOOL_WORK):
        return SEEN
    meant = setting.typed and not setting.around.isdisjoint(("first_person", "second_person", "intent"))
    return max(SEEN, setting.severity - 1) if meant else LOWEST


def _beside_helpline(setting: _Setting) -> int:
    disclosed = "first_person" in setting.around and setting.kind is not SiteKind.HELPLINE
    return DISCLOSED if disclosed else SEEN


def _is_play(setting: _Setting) -> bool:
    """Say whether a word of play may be believed to be one."""
    if setting.theme not in PLAYFUL or setting.severity >= HIGHEST or (setting.core and setting.meant):
        return False
    to_somebody = setting.theme == "bullying" and "second_person" in setting.around
    return not to_somebody and "real_life" not in setting.around


def _towards_children(setting: _Setting) -> bool:
    return setting.theme in TOWARDS_CHILDREN and "first_person" in setting.around


def _after_context(setting: _Setting, case: _Case, *, so_far: int) -> Iterator[tuple[str, int]]:
    """Give the steps that count one less each."""
    severity = so_far
    if setting.staff and setting.typed and setting.theme in DISTRESS and severity > EARNEST_FLOOR:
        severity -= 1
        yield STAFF_DISTRESS, severity
    own_search = setting.kind is SiteKind.SEARCH and "first_person" in setting.around
    if not setting.typed and not own_search and severity > SEEN:
        severity -= 1
        yield TITLE, severity
    if case.deleted and severity > LOWEST:
        severity -= 1
        yield DELETED, severity
    if case.slip and severity > SEEN:
        severity -= 1
        yield SLIP, severity
