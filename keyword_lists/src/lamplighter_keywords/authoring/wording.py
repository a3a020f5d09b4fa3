"""The texts of a term in every form in which a reading may hold them.

Each text is written out (`phrases`), inflected where the term says so, and given twice: folded as it stands,
which the exact reading holds, and in plain speech, which the others hold.
"""

from collections.abc import Iterable

from lamplighter_keywords.authoring.inflection import phrase_forms
from lamplighter_keywords.authoring.phrases import GAP, plainly
from lamplighter_keywords.knowledge import Knowledge
from lamplighter_keywords.reading.speech import Speech, apart, fold_word
from lamplighter_keywords.terms import Mode, Requires, Term

_GAP = f" {GAP} "
# The language of the table of plain speech; lists of other languages keep their own words ("da" is no "the").
SPOKEN = "en"


class Wording:
    """Puts the texts of lists in words; gathers which words there are."""

    def __init__(self, knowledge: Knowledge, speech: Speech | None = None) -> None:
        self.speech = speech or Speech(knowledge.spellings, knowledge.fillers)
        self._classes = knowledge.classes
        # Of the list whose terms are put in words. Chat spellings are those of one language.
        self.language = SPOKEN
        self._last_parts: tuple[Term | None, list[list[str]]] = None, []
        # Every word of a text that is searched for.
        self.words: set[str] = set()
        # Those of lists in the language of the table of speech.
        self.spoken: set[str] = set()
        # Whether some text begins or ends with a filler, so that fillers must be read.
        self.keeps_fillers = False

    def searched(self, term: Term) -> list[str]:
        """Give the forms to search for; of an all_of term those of the longest part. None for a pattern."""
        if term.match is Mode.REGEX:
            return []
        if term.match is Mode.ALL_OF:
            forms = self._parts(term)[0]
        else:
            forms = [form for text in term.text for form in self.forms(text, stem=term.match is Mode.STEM)]
        forms = list(dict.fromkeys(forms))
        self._gather(forms)
        return forms

    def _gather(self, forms: Iterable[str]) -> None:
        words = set(" ".join(forms).split())
        words.discard(GAP)
        self.words |= words
        if self.language == SPOKEN:
            self.spoken |= words

    def others(self, term: Term) -> tuple[tuple[bytes, ...], ...]:
        """Give the further parts of an all_of term, each in its forms."""
        if term.match is not Mode.ALL_OF:
            return ()
        parts = self._parts(term)[1:]
        self._gather(form for part in parts for form in part)
        return tuple(padded(part) for part in parts)

    def exceptions(self, term: Term) -> tuple[bytes, ...]:
        return padded(form for text in term.exceptions for form in self.forms(text, spoken=True))

    def required(self, term: Term) -> tuple[bytes, ...]:
        requires = term.requires or Requires()
        return padded(form for text in requires.any_of for form in self.forms(text, spoken=True))

    def forms(self, text: str, *, stem: bool = False, spoken: bool = False) -> list[str]:
        """Give the forms of one text, gaps kept; with `spoken`, in plain speech whatever the language."""
        forms: list[str] = []
        for spelling in plainly(text, self._classes):
            if self.speech.leaves(spelling):
                # So are most texts, and building a rule book is going through all of them.
                forms += phrase_forms(spelling) if stem else (spelling,)
                continue
            parts = f" {spelling} ".split(_GAP)
            exact = _GAP.join(filter(None, map(_fold, parts)))
            # A chat spelling by itself stands for a plain word that everybody uses.
            alone = len(spelling.split()) == 1 and self.speech.spelt(apart(spelling)) is not None
            as_it_stands = alone or not (spoken or self.language == SPOKEN)
            for form in (exact,) if as_it_stands else (exact, self._plain(parts)):
                forms += phrase_forms(form) if stem else [form]
        return list(dict.fromkeys(filter(None, forms)))

    def _plain(self, parts: list[str]) -> str:
        plain = [self.speech.plain(part) for part in parts]
        kept = any(part.kept for part in plain)
        self.keeps_fillers |= kept
        return _GAP.join(" ".join(part.words if kept else part.bare) for part in plain if part.words)

    def _parts(self, term: Term) -> list[list[str]]:
        """Give the parts of an all_of term, the longest first; of one term they are asked for twice."""
        known, parts = self._last_parts
        if known is not term:
            parts = [self.forms(text) for text in term.text]
            parts.sort(key=lambda forms: min(map(len, forms)), reverse=True)
            self._last_parts = term, parts
        return parts


def _fold(text: str) -> str:
    """Fold word by word, which gives the same: the spellings of one text share their words."""
    return " ".join(filter(None, map(fold_word, text.split())))


def padded(forms: Iterable[str], *, distinct: bool = True) -> tuple[bytes, ...]:
    """Give folded forms as they stand in a reading, each once where not said otherwise."""
    made = [b" %b " % form.encode() for form in forms]
    return tuple(dict.fromkeys(made) if distinct else made)
