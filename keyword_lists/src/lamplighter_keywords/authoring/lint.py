"""What a list must be before it is shipped, beyond being readable.

Each rule is one function that looks at a term, or at all lists together, and gives what is wrong in words
that a list's editor understands. Lint reads lists; `match` never asks for any of this.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from lamplighter_keywords.authoring import alone
from lamplighter_keywords.authoring.entries import count_entries, repeated_notes
from lamplighter_keywords.authoring.excusing import idle_exceptions, is_found
from lamplighter_keywords.authoring.inflection import UNCHANGING
from lamplighter_keywords.authoring.loading import list_files, load_list
from lamplighter_keywords.authoring.misnamed import misnamed_lists
from lamplighter_keywords.authoring.patterns import parse_pattern
from lamplighter_keywords.authoring.phrases import GAP, expand, plainly
from lamplighter_keywords.errors import ListMalformed, ListsMissing, PhraseRefused, ThemeUnknown
from lamplighter_keywords.knowledge import EMPTY_KNOWLEDGE, Knowledge
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.terms import (
    Confidence,
    KeywordList,
    KeywordPack,
    Mode,
    Term,
    Theme,
)

# A shorter word is a part of an abbreviation, a unit or a name far more often than what was meant.
SHORTEST_WORD = 4
SHORTEST_SURE_WORD = 3
# A miss sentence is related to its term by the first letters of a word.
RELATED_LETTERS = 4
# More spellings of one text than this are more than its editor thought of.
MANY_SPELLINGS = 500
# A device makes all spellings of a term when it meets the term: of more it would notice the time.
MOST_OF_A_TERM = 2_500
MOST_EXCEPTIONS = 1_000
# Of one kind of fault, a term is told this many.
MOST_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, and where."""

    file: str
    line: int
    term: str
    rule: str
    message: str

    @classmethod
    def of(cls, fault: ListMalformed, rule: str) -> "Problem":
        return cls(file=fault.file, line=fault.line, term=fault.term, rule=rule, message=fault.problem)

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}", self.term, self.message) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What lint looked at, and what it found."""

    lists: int
    terms: int
    # For each language, the terms with content words that no other term has.
    entries: Mapping[str, int]
    problems: tuple[Problem, ...]


# A list, one of its terms, and that term with all its spellings.
Written = tuple[KeywordList, Term, Term]


def lint_folder(folder: Path, themes: Mapping[str, Theme], knowledge: Knowledge = EMPTY_KNOWLEDGE) -> Report:
    """Check every list below a folder; one that can't be read is a problem, the others are checked."""
    files = list_files(folder)
    problems = [
        Problem(file=str(path.relative_to(folder)), line=1, term="", rule="name", message=message)
        for path, message in misnamed_lists(folder)
    ]
    if not files and not problems:
        raise ListsMissing(str(folder))
    lists: list[KeywordList] = []
    for file in files:
        try:
            lists.append(load_list(file, root=folder))
        except ListMalformed as faults:
            problems += [Problem.of(fault, "format") for fault in faults.every]
    report = lint_lists(lists, themes, knowledge)
    problems += report.problems
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.rule))
    return replace(report, problems=tuple(problems))


def lint_lists(
    lists: Sequence[KeywordList], themes: Mapping[str, Theme], knowledge: Knowledge = EMPTY_KNOWLEDGE
) -> Report:
    """Check lists that could be read, each by itself and against the others."""
    problems: list[Problem] = []
    # One matcher for all of them: making one takes long.
    matcher = Matcher(KeywordPack(lists=tuple(lists), themes=themes, knowledge=knowledge))
    # What is harmless everywhere may be an exception of a term, too.
    bare = replace(knowledge, harmless=(), works=())
    written: list[Written] = []
    for keyword_list in lists:
        problems += _of_list(keyword_list, themes)
        for term in keyword_list.terms:
            spelt = _spelt(term, knowledge)
            written.append((keyword_list, term, spelt))
            problems += _of_term(keyword_list, term, spelt, matcher=matcher, knowledge=knowledge)
            if not term.exceptions:
                continue
            for message in islice(idle_exceptions(keyword_list, _spelt(term, bare), bare), MOST_TOLD):
                problems.append(_problem(keyword_list, term, "exceptions", message))
    problems += _duplicates(written)
    problems += _repeated(lists)
    terms = sum(len(keyword_list.terms) for keyword_list in lists)
    entries = count_entries(lists, knowledge.classes)
    return Report(lists=len(lists), terms=terms, entries=entries, problems=tuple(problems))


def _of_list(keyword_list: KeywordList, themes: Mapping[str, Theme]) -> Iterator[Problem]:
    def problem(rule: str, message: str) -> Problem:
        return Problem(file=keyword_list.file, line=keyword_list.line, term="", rule=rule, message=message)

    theme = themes.get(keyword_list.theme)
    if theme is None:
        yield problem("theme", str(ThemeUnknown(keyword_list.theme, themes)))
    elif keyword_list.risk_area is not theme.risk_area:
        area = theme.risk_area.value if theme.risk_area else "none"
        yield problem("risk-area", f"risk_4c must be {area!r}, as the theme {theme.slug!r} has it")
    for key in ("licence", "provenance", "reviewed", "changelog"):
        if not getattr(keyword_list, key):
            yield problem("about", f"{key} is missing in [list]")
    if keyword_list.version == "0":
        yield problem("about", "version is missing in [list]")
    if keyword_list.changelog and keyword_list.version not in {
        change.version for change in keyword_list.changelog
    }:
        yield problem("about", f"the change log does not tell of version {keyword_list.version}")


def _problem(keyword_list: KeywordList, term: Term, rule: str, message: str) -> Problem:
    return Problem(file=keyword_list.file, line=term.line, term=term.id, rule=rule, message=message)


def _of_term(
    keyword_list: KeywordList, term: Term, spelt: Term, *, matcher: Matcher, knowledge: Knowledge
) -> Iterator[Problem]:
    def problem(rule: str, message: str) -> Problem:
        return _problem(keyword_list, term, rule, message)

    for message in unwritable(term, knowledge):
        yield problem("phrase", message)
    for rule, check in _CHECKS:
        for message in islice(check(spelt), MOST_TOLD):
            yield problem(rule, message)
    for message in islice(alone.everyday(spelt, knowledge.vocabulary), MOST_TOLD):
        yield problem("everyday-word", message)
    for message in _examples(matcher, term, spelt):
        yield problem("tests", message)


def unwritable(term: Term, knowledge: Knowledge) -> Iterator[str]:
    """Look for texts that break the phrase language, or stand for more spellings than anybody reads."""
    if term.match is Mode.REGEX:
        return
    beside = (*term.exceptions, *(term.requires.any_of if term.requires else ()))
    for text in (*term.text, *beside):
        try:
            spellings = expand(text, knowledge.classes)
        except PhraseRefused as refused:
            yield f"{text!r}: {refused.problem}"
            continue
        if len(spellings) > MANY_SPELLINGS:
            yield f"{text!r} stands for {len(spellings)} spellings; {MANY_SPELLINGS} are enough"
        if any(GAP in spelling.split() for spelling in spellings) and (
            text in beside or term.match is Mode.ALL_OF
        ):
            yield f"{text!r}: a gap (*) may only stand in a text of a word, phrase or stem"


def _spelt(term: Term, knowledge: Knowledge) -> Term:
    """Give a term with all its spellings written out."""
    if term.match is Mode.REGEX:
        return term
    return replace(
        term,
        text=tuple(spelling for text in term.text for spelling in plainly(text, knowledge.classes)),
        exceptions=tuple(one for text in term.exceptions for one in plainly(text, knowledge.classes)),
    )


def _size(term: Term) -> Iterator[str]:
    """Look at a term written out: together its texts, and its exceptions, are few enough."""
    advice = (
        'leave a slot out, put a gap (*) in its place, or write the slots as texts of match = "all_of", '
        "which are added instead of multiplied"
    )
    if len(term.text) > MOST_OF_A_TERM:
        yield (
            f"the texts stand for {len(term.text)} spellings together; {MOST_OF_A_TERM} are the most: "
            f"{advice}"
        )
    if len(term.exceptions) > MOST_EXCEPTIONS:
        yield (
            f"the exceptions stand for {len(term.exceptions)} spellings together; {MOST_EXCEPTIONS} are the "
            'most: shorten them, or write the term with match = "all_of": its exceptions need not hold a text'
        )


def _note(term: Term) -> Iterator[str]:
    if not term.note.strip():
        yield "a note is missing: why is this here, and what does it mean?"


def _short(term: Term) -> Iterator[str]:
    if term.requires or term.match in {Mode.REGEX, Mode.ALL_OF}:
        return
    for text in term.text:
        folded = fold(text)
        if " " in folded or len(folded) >= SHORTEST_WORD:
            continue
        if len(folded) < SHORTEST_SURE_WORD or term.confidence is not Confidence.HIGH:
            yield (
                f"{text!r} is too short to stand alone; give it `requires`, or, with "
                f'{SHORTEST_SURE_WORD} letters, confidence = "high"'
            )


def _patterns(term: Term) -> Iterator[str]:
    if term.match is not Mode.REGEX:
        return
    for text in term.text:
        if parse_pattern(text).open_ended:
            yield f"{text!r} holds a count without an end; write how many at most, such as {{0,5}}"


_CHECKS: tuple[tuple[str, Callable[[Term], Iterator[str]]], ...] = (
    ("size", _size),
    ("note", _note),
    ("short", _short),
    ("identity", alone.identity),
    ("pattern", _patterns),
)


def _examples(matcher: Matcher, term: Term, spelt: Term) -> Iterator[str]:
    if not term.tests.hit:
        yield 'tests.hit is missing: a sentence that must match: tests = { hit = ["..."], miss = ["..."] }'
    if not term.tests.miss:
        yield "tests.miss is missing: a sentence with a word of the term in it that must not match"
    for sentence in term.tests.hit:
        if is_found(matcher, term, sentence):
            continue
        left_out = any(one == term.id for one, *_ in matcher.left_out(sentence))
        yield f"the hit {sentence!r} does not match; " + (
            "an exception or a harmless phrase covers it: make that longer, or write another hit"
            if left_out
            else "write a text of the term in it, or add a text"
        )
    for sentence in term.tests.miss:
        if is_found(matcher, term, sentence):
            yield f"the miss {sentence!r} matches; make the text longer, or add an exception that covers it"
    if term.tests.miss and not any(_is_related(spelt, sentence) for sentence in term.tests.miss):
        yield "no miss holds a word of the term (or one that begins like it), so the misses prove nothing"


def _is_related(term: Term, sentence: str) -> bool:
    """Say whether a sentence holds a word of the term or one that begins like it."""
    said = fold(sentence).split()
    words = {word for text in term.text for word in fold(text).split()}
    telling = {word for word in words if word not in UNCHANGING} or words
    return any(
        other.startswith(word[:RELATED_LETTERS]) or word in other for word in telling for other in said
    )


def _repeated(lists: Sequence[KeywordList]) -> Iterator[Problem]:
    for keyword_list, term, before in repeated_notes(lists):
        message = f"the note is that of {before.id}; say what this entry is for"
        yield _problem(keyword_list, term, "note", message)


def _duplicates(written: Sequence[Written]) -> Iterator[Problem]:
    """Find ids and folded texts that stand twice, in one list or in two."""
    # Two spellings of one term may fold to the same ("he's", "hes"): that costs nothing.
    ids: dict[str, str] = {}
    texts: dict[tuple[object, ...], str] = {}
    for keyword_list, term, spelt in written:
        here = f"{term.id} ({keyword_list.file}:{term.line})"
        said = []
        if term.id in ids:
            said.append(f"the id is already used by {ids[term.id]}")
        ids.setdefault(term.id, here)
        for key, text in _keys(term, spelt):
            if texts.get(key, here) != here:
                said.append(f"{text!r} is already a text of {texts[key]}")
            texts.setdefault(key, here)
        for message in said[:MOST_TOLD]:
            yield _problem(keyword_list, term, "duplicate", message)


def _keys(term: Term, spelt: Term) -> Iterator[tuple[tuple[object, ...], str]]:
    """Give what makes each text unique: its folded form, and the conditions under which it counts."""
    conditions = (term.requires, term.user_kinds, term.key_stages, term.sources)
    if term.match is Mode.ALL_OF:
        yield (tuple(sorted(map(fold, term.text))), *conditions), " + ".join(term.text)
        return
    for text in spelt.text:
        yield (text if term.match is Mode.REGEX else fold(text), *conditions), text
