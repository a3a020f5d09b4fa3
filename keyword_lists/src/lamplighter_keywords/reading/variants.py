"""One token of a text, read as the listed words that it may stand for.

A token is what stands between blanks. Looked for in it are chat spellings, possessives, letters written as
digits and signs, letters held down, words run together, words taken apart by signs, hidden letters and, last,
one typing slip. A word that exists is taken for what it is; only what is no word is taken for another one.
Pure and deterministic.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from itertools import groupby, product
from typing import NamedTuple

from lamplighter_keywords.authoring.everyday_words import EVERYDAY
from lamplighter_keywords.reading.normalise import fold, fold_character
from lamplighter_keywords.reading.slips import SlipIndex
from lamplighter_keywords.reading.speech import Speech, apart
from lamplighter_keywords.reading.spelled import HIDING, behind, pieces, spaced_letters
from lamplighter_keywords.reading.vocabulary import NO_WORDS, Vocabulary

EXACT = "exact"
SPEECH = "speech"
LOOKALIKE = "lookalike"
REPEAT = "repeat"
LEET = "leet"
JOINED = "joined"
SPLIT = "split"
EMOJI = "emoji"
SPACED = "spaced"
CENSORED = "censored"
TYPO = "typo"

# Digits and signs that are seen as letters.
_LEET = {
    "0": "o",
    "1": "il",
    "!": "il",
    "|": "il",
    "¡": "i",
    "3": "e",
    "€": "e",
    "4": "a",
    "@": "a",
    "5": "s",
    "$": "s",
    "7": "t",
    "+": "t",
    "8": "b",
    "6": "g",
    "9": "g",
    "£": "l",
    "¥": "y",
    "(": "c",
}
_MOST_CANDIDATES = 32
_SEPARATORS = re.compile(rf"[^\w{re.escape(''.join(_LEET) + HIDING)}]+")
_POSSESSIVE = re.compile(r"(?<=[^\W_])'s$")
_RUN = re.compile(r"(.)\1+")
# A longer token is an address, a key or a joke: it is read as it stands.
LONGEST_TOKEN = 64
# Of a word run together with others, what is found must be at least two words; so must it be long.
SHORTEST_JOINED = 6
_LONGEST_WORD = 24
_SHORTEST_WHOLE = 6
SHORTEST_SLIP = 5
_SHORTEST_SLIP_IN_PHRASE = 3
_SHORTEST_FRAGMENT = 2
_SHORTEST_PART = 3
# Words of one or two letters that may be run together with others.
_SMALL = "a i u im ur me my to is it we us he do go in on of up so no be at if am an as or by hi ya"
_SMALL_WORDS = frozenset(_SMALL.split())
# Forms of a word that word lists leave out; shorter stems are words too often.
_ENDINGS = ("s", "es", "ed", "ing", "er", "ers", "ly", "y", "ish", "ness", "less", "like")
_SHORTEST_STEM = 5


class Guess(NamedTuple):
    """What a token may stand for, in plain words, by which lane, and how many changes that took."""

    words: tuple[str, ...]
    lane: str = EXACT
    edits: int = 0


class Variants:
    """Made from the words of the lists; not changed afterwards, so that any number of threads may ask."""

    def __init__(
        self,
        words: Iterable[str],
        speech: Speech,
        vocabulary: Vocabulary,
        spoken: Iterable[str] | None = None,
    ) -> None:
        """`spoken`: which of the words are of the language of the table of speech; all if not given."""
        self._listed = frozenset(words)
        self._speech = speech
        self._vocabulary = vocabulary
        self._spoken = self._listed if spoken is None else frozenset(spoken)
        self._ordered = sorted(self._listed)
        self._slips = SlipIndex(self._ordered if vocabulary is not NO_WORDS else ())

    # What few texts need is made when the first of them does.

    @cached_property
    def _squeezed(self) -> dict[str, list[str]]:
        """The words with runs of a letter, by what they are without them."""
        found: dict[str, list[str]] = {}
        for word in sorted({*filter(_RUN.search, self._ordered), *self._speech.spellings()}):
            squeezed = _RUN.sub(r"\1", word)
            if squeezed != word:
                found.setdefault(squeezed, []).append(word)
        return found

    @cached_property
    def _whole(self) -> list[str]:
        """The longer words, in the order of their beginnings."""
        return [word for word in self._ordered if len(word) >= _SHORTEST_WHOLE]

    @cached_property
    def _by_ending(self) -> Sequence[int]:
        """The places of the same in the order of their endings."""
        backwards = list(map(_backwards, self._whole))
        return array("I", sorted(range(len(backwards)), key=backwards.__getitem__))

    def guesses(self, token: str) -> list[Guess]:
        """Give what a token may stand for, likeliest first, one at least."""
        bare = apart(token)
        spelt = self._speech.spelt(bare)
        if spelt is not None:
            return [Guess(spelt, SPEECH)]
        if len(token) > LONGEST_TOKEN:
            return [Guess(tuple(fold(token).split()))]
        base = _shown(_POSSESSIVE.sub("", bare))
        words = fold(base).split()
        if not words:
            return [Guess(())]
        if len(words) == 1 and words[0] == base:
            found = self._word(base)
            if found[0].lane == EXACT and not self._is_word(base):
                # "kil!": the sign at the end was a letter.
                return self._leet(_shown(token.lower()).strip(".,;:?\"'")) or found
            return found
        return self._with_signs(base)

    def resolved(self, word: str) -> Guess | None:
        """Give what a word is to the lists, taken as it stands or with its letters held down."""
        spelt = self._speech.spelt(word)
        if spelt is not None:
            return Guess(spelt, SPEECH)
        if word in self._listed or word in self._speech.fillers:
            return Guess((word,))
        return self._repeated(word)

    def in_words(self, letters: str) -> Guess | None:
        """Give letters run together as listed words: one word, or as few as they hold."""
        found = self.resolved(letters)
        if found is None:
            found = next(iter(self._leet(letters)), None)
        return found or self._joined(letters)

    def is_fragment(self, word: str) -> bool:
        """Say whether a word that is none could be a listed word's beginning or end."""
        if len(word) < _SHORTEST_FRAGMENT or not word.isalpha() or self._is_word(word):
            return False
        return not self._vocabulary.is_common(word) and (self._begins(word) or self._ends(word))

    def _begins(self, start: str) -> bool:
        at = bisect_left(self._whole, start)
        return at < len(self._whole) and self._whole[at].startswith(start)

    def _ends(self, end: str) -> bool:
        whole, order = self._whole, self._by_ending
        at = bisect_left(order, _backwards(end), key=lambda nth: _backwards(whole[nth]))
        return at < len(order) and whole[order[at]].endswith(end)

    def _is_word(self, word: str) -> bool:
        return word in self._listed or word in self._speech.fillers

    def _word(self, word: str) -> list[Guess]:
        """Read one folded word."""
        spelt = self._speech.spelt(word)
        if spelt is not None:
            return [Guess(spelt, SPEECH)]
        if self._is_word(word) or word.isdigit():
            others = self._leet(word) if word in self._spoken else [*self._leet(word), *self._compound(word)]
            return [Guess((word,)), *others][:2]
        if not word.isalpha():
            return self._leet(word) or [Guess((word,))]
        return self._unlisted(word)

    def _unlisted(self, word: str) -> list[Guess]:
        """Read a word of letters that no list holds."""
        exists = self._exists(word)
        slips = self._slips_of(word, exists=exists)
        if exists:
            # Words that are seldom used exist in some language; short ones are slips in most texts.
            itself = Guess((word,))
            if len(word) < SHORTEST_SLIP:
                return [*slips[:1], itself]
            # Taking a word for another one is a second change.
            return [itself, *(slip._replace(edits=2) for slip in slips), *self._compound(word)][:2]
        repeated = self._repeated(word)
        if repeated:
            return [repeated]
        return [*slips, *filter(None, [self._joined(word)])][:2] or [Guess((word,))]

    def _exists(self, word: str) -> bool:
        """Say whether it is a known word, or a form of one."""
        known = self._vocabulary
        if word in known:
            return True
        stems = (word[: -len(ending)] for ending in _ENDINGS if word.endswith(ending))
        return any(len(stem) >= _SHORTEST_STEM and stem in known for stem in stems)

    def _slips_of(self, word: str, *, exists: bool) -> list[Guess]:
        if len(word) < _SHORTEST_SLIP_IN_PHRASE or self._vocabulary.is_common(word):
            return []
        found = self._slips.nearest(word)
        if exists or len(word) < SHORTEST_SLIP:
            # Of many other languages' words, a letter more or less is another form.
            found = [other for other in found if other in self._spoken]
        found.sort(key=partial(self._unlikely, word))
        return [Guess((other,), TYPO, 1) for other in found]

    def _unlikely(self, word: str, other: str) -> tuple[bool, bool, bool]:
        """Say why a word was hardly meant: of another language, seldom used, of other letters."""
        odd = other not in self._spoken, not self._vocabulary.is_common(other)
        return *odd, sorted(word) != sorted(other)

    def _repeated(self, word: str) -> Guess | None:
        """Read a word with letters held down: it has each of the listed word's, as often or oftener."""
        squeezed = _RUN.sub(r"\1", word)
        if squeezed == word:
            return None
        candidates = [*self._squeezed.get(squeezed, ())]
        if self._speech.spelt(squeezed) or self._is_word(squeezed):
            candidates.append(squeezed)
        if not candidates:
            return None
        spelt = _run_lengths(word)
        for known in candidates:
            if all(had >= wanted for had, wanted in zip(spelt, _run_lengths(known), strict=True)):
                plain = self._speech.spelt(known)
                return Guess(plain if plain is not None else (known,), REPEAT, len(word) - len(known))
        return None

    def _joined(self, word: str) -> Guess | None:
        """Read words run together: as the plainest words that make it up, the first as long as can be."""
        size = len(word)
        if not SHORTEST_JOINED <= size <= LONGEST_TOKEN or not word.isalpha():
            return None
        # best[n]: how odd the words of the letters from n on are, and those words.
        best: list[tuple[int, tuple[str, ...]] | None] = [None] * size + [(0, ())]
        for start in range(size - 1, -1, -1):
            for end in range(min(size, start + _LONGEST_WORD), start, -1):
                rest = best[end]
                piece = word[start:end]
                if rest is None or not self._may_be_joined(piece):
                    continue
                odd = rest[0] + self._oddness(piece)
                known = best[start]
                if known is None or odd < known[0]:
                    best[start] = odd, (piece, *rest[1])
        _, found = best[0] or (0, ())
        if len(found) < 2:
            return None
        plain = [self._speech.spelt(piece) or (piece,) for piece in found]
        return Guess(tuple(word for words in plain for word in words), JOINED, len(found) - 1)

    def _oddness(self, piece: str) -> int:
        """Say how little a piece is to be expected: "to me" is likelier than "tome", though two words."""
        if piece in _SMALL_WORDS or piece in EVERYDAY:
            return 2
        if piece not in self._spoken:
            return 5
        return 2 if self._vocabulary.is_common(piece) else 4

    def _compound(self, word: str) -> list[Guess]:
        """Read a word that exists as two of the language of the table of speech: "sexvideos"."""
        for end in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            parts = word[:end], word[end:]
            if self._spoken.issuperset(parts):
                return [Guess(parts, JOINED, 1)]
        return []

    def _may_be_joined(self, piece: str) -> bool:
        if len(piece) <= _SHORTEST_FRAGMENT:
            return piece in _SMALL_WORDS
        return piece in self._listed or self._speech.spelt(piece) is not None or piece in self._speech.fillers

    def _leet(self, token: str) -> list[Guess]:
        """Read digits and signs as the letters they look like, where that makes listed words."""
        if not any(one in _LEET for one in token) or not any(one.isalpha() for one in token):
            return []
        choices = [_LEET.get(one, one) for one in token]
        if any(not choice.isalpha() for choice in choices):
            return []
        count = 1
        for choice in choices:
            count *= len(choice)
        if count > _MOST_CANDIDATES:
            return []
        edits = sum(one in _LEET for one in token)
        found: dict[tuple[str, ...], Guess] = {}
        for letters in product(*choices):
            word = "".join(letters)
            known = self.resolved(word) or self._joined(word)
            if known and known.words:
                found.setdefault(known.words, Guess(known.words, LEET, edits + known.edits))
        return list(found.values())

    def _with_signs(self, token: str) -> list[Guess]:
        """Read a token with signs among its letters."""
        letters = spaced_letters(token)
        spaced = self.in_words(letters) if letters else None
        if spaced:
            return [Guess(spaced.words, SPACED, len(letters) - 1 + spaced.edits)]
        chunks = [chunk for chunk in _SEPARATORS.split(token) if chunk]
        if len(chunks) > 1:
            return self._put_together(token, chunks) or _in_a_row(chunks, self._chunk)
        return self._chunk(token)

    def _chunk(self, chunk: str) -> list[Guess]:
        parts = pieces(chunk)
        if parts == [chunk]:
            return self._word(chunk)
        found = self._leet(chunk)
        if found:
            return found
        if not all(self._stands_alone(part) for part in parts):
            hidden = [Guess((word,), CENSORED, chunk_edits(chunk)) for word in behind(chunk, self._ordered)]
            found = hidden or self._put_together(chunk, parts)
        return found or _in_a_row(fold(chunk).split(), self._word)

    def _put_together(self, token: str, parts: list[str]) -> list[Guess]:
        """Read pieces between signs as one word, unless each of them is a word by itself."""
        if all(self._stands_alone(part) for part in parts):
            return []
        known = self.resolved("".join(parts))
        if not known or len("".join(parts)) < SHORTEST_SLIP - 1:
            return []
        signs = "".join(one for one in token if not one.isalnum())
        return [Guess(known.words, SPLIT if signs.isascii() else EMOJI, len(parts) - 1 + known.edits)]

    def _stands_alone(self, part: str) -> bool:
        return len(part) > _SHORTEST_FRAGMENT and (
            self._is_word(part) or self._vocabulary.is_common(part) or self._speech.spelt(part) is not None
        )


def chunk_edits(chunk: str) -> int:
    """Count the letters that are hidden."""
    return sum(one in HIDING for one in chunk)


def _in_a_row(parts: Iterable[str], read: Callable[[str], list[Guess]]) -> list[Guess]:
    """Read parts of a token one after the other; the second guess takes every part's second one."""
    each = [read(part) for part in parts]
    guesses = [_chained([found[0] for found in each])]
    if any(len(found) > 1 for found in each):
        guesses.append(_chained([found[min(1, len(found) - 1)] for found in each]))
    return guesses


def _chained(guesses: list[Guess]) -> Guess:
    words = tuple(word for guess in guesses for word in guess.words)
    changed = [guess.lane for guess in guesses if guess.lane != EXACT]
    return Guess(words, changed[0] if changed else EXACT, sum(guess.edits for guess in guesses))


def _shown(token: str) -> str:
    """Fold letters and keep signs; drop what is not seen."""
    if token.isascii():
        return token.replace("'", "").replace("`", "")
    folded = ((one, fold_character(one)) for one in token)
    return "".join(one if plain == " " else plain for one, plain in folded)


def _run_lengths(word: str) -> list[int]:
    return [len(list(run)) for _, run in groupby(word)]


def _backwards(word: str) -> str:
    return word[::-1]
