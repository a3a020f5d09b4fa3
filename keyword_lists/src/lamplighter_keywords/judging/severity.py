"""How grave a match is: the severity of its term, moved by what surrounds it, with every step kept.

Context may lower, never delete. A core theme does not fall below 3 by context while somebody speaks of
themselves, of intent, means or a time, and below 2 only on the title of a work of reference.
"""

from dataclasses import dataclass

from lamplighter_keywords.judging.contexts import EARNEST, is_near
from lamplighter_keywords.rules import Finding

LOWEST, HIGHEST = 1, 5
EARNEST_FLOOR = 3
CORE_FLOOR = 2

Addends = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known about the text as a whole."""

    # A window title counts one less than typed text, a search by somebody who speaks of themselves does not.
    title: bool
    own_search: bool
    deleted: bool


def weigh(finding: Finding, circumstances: Circumstances) -> tuple[int, Addends]:
    """Give the severity, and the steps that add up to it."""
    term = finding.rule.term
    steps = [("term", term.severity)]
    severity = term.severity
    if term.raises:
        context = _present(finding, term.raises.contexts)
        raised = min(HIGHEST, severity + term.raises.by)
        if context and raised > severity:
            steps.append((f"context {context}", raised - severity))
            severity = raised
    if term.lowers:
        context = _present(finding, term.lowers.contexts)
        lowered = max(term.lowers.to, _floor(finding)) if context else severity
        if lowered < severity:
            steps.append((f"context {context}", lowered - severity))
            severity = lowered
    if circumstances.title and not circumstances.own_search and severity > LOWEST:
        steps.append(("window title", -1))
        severity -= 1
    if circumstances.deleted and severity > LOWEST:
        steps.append(("typed, then deleted", -1))
        severity -= 1
    return severity, tuple(steps)


def _present(finding: Finding, contexts: tuple[str, ...]) -> str:
    """Name the first of the contexts that is present; empty if none is."""
    words, first, last = finding.reading.words, finding.first, finding.last
    return next((context for context in contexts if is_near(context, words, first, last)), "")


def _floor(finding: Finding) -> int:
    if not finding.rule.core:
        return LOWEST
    if _present(finding, EARNEST):
        return EARNEST_FLOOR
    return LOWEST if _present(finding, ("reference",)) else CORE_FLOOR
