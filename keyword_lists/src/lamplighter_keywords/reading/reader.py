"""From a text to its readings: looks its tokens up, and puts together what stands in several of them.

What a token stands for is remembered, so that a text costs little more than looking up its words. Words
are remembered, never texts; what mixes letters and digits without being a listed word, such as a password,
is not.
A reader may be used from any number of threads.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import compress, count, pairwise

from lamplighter_keywords.reading.lookalikes import unmasked
from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.reading.readings import TOKEN, PlainReading, Reading, Unit, exact
from lamplighter_keywords.reading.speech import Speech
from lamplighter_keywords.reading.spelled import groups, runs_of_letters
from lamplighter_keywords.reading.variants import EXACT, SPACED, SPEECH, SPLIT, Guess, Variants

# So many tokens are remembered, none longer than this.
REMEMBERED = 50_000
LONGEST_REMEMBERED = 24
# Words of one letter, which alone are no sign of a word spelled out.
_LETTER_WORDS = frozenset("ai")
_SHORTEST_SPLIT = 6
_WIDEST_SPLIT = 3
_NEIGHBOURS = 5_000
# How many tokens before a piece a split word may begin, and of how many tokens it is; the widest first.
_AROUND = [(before, width) for width in range(_WIDEST_SPLIT, 1, -1) for before in range(width - 1, -1, -1)]
# A longer row of single letters is no writing; the agent's window holds no longer one.
_LONGEST_ROW = 300


class _Memory(dict[str, bytes]):
    """The plain words of every token that was met, each word followed by a blank."""

    def __init__(self, variants: Variants, speech: Speech, *, keeps_fillers: bool) -> None:
        super().__init__()
        self._variants = variants
        self._speech = speech
        self._keeps_fillers = keeps_fillers
        # The other reading of the tokens that have one.
        self.other: dict[str, bytes] = {}
        # Tokens that may be a piece of a word with their neighbours, folded; all that are one letter; and
        # those that may be the second word of a spelling.
        self.pieces: dict[str, str] = {}
        self.letters: set[str] = set()
        self.seconds: dict[str, str] = {}
        # Those at which a text is looked at more closely: of the kinds above, or with another reading.
        self.special: set[str] = set()
        # How those were read that are not what they seem.
        self._changed: dict[str, tuple[Guess, Guess]] = {}
        # The folded form of those that it changes.
        self._folds: dict[str, str] = {}

    def __missing__(self, token: str) -> bytes:
        guesses = self._variants.guesses(token)
        first, second = self._without_fillers(guesses[0]), self._other(guesses)
        plain, other = _encoded(first), _encoded(second)
        if _is_private(token, guesses[0]):
            return plain
        if first.lane != EXACT or other != plain:
            self._changed[token] = first, second
        if other != plain:
            self.other[token] = other
            self.special.add(token)
        word = fold(token)
        if len(word) == 1:
            self.letters.add(token)
        if word not in _LETTER_WORDS and (len(word) == 1 or self._variants.is_fragment(word)):
            self.pieces[token] = word
            self.special.add(token)
        if word in self._speech.seconds:
            self.seconds[token] = word
            self.special.add(token)
        if word != token:
            self._folds[token] = word
        # Last, so that whoever finds it finds the rest.
        self[token] = plain
        return plain

    def folded(self, token: str) -> str:
        """Give the folded form of a token."""
        word = self._folds.get(token)
        if word is not None:
            return word
        return token if token in self else fold(token)

    def guess(self, token: str, *, other: bool) -> Guess:
        """Give how a token is read."""
        changed = self._changed.get(token)
        if changed is not None:
            return changed[other]
        plain = self.get(token)
        if plain is not None:
            return Guess(tuple(plain.decode().split()))
        guesses = self._variants.guesses(token)
        return self._other(guesses) if other else self._without_fillers(guesses[0])

    def _other(self, guesses: list[Guess]) -> Guess:
        second = guesses[min(1, len(guesses) - 1)]
        return second if self._keeps_fillers else self._without_fillers(second)

    def _without_fillers(self, guess: Guess) -> Guess:
        fillers = self._speech.fillers
        if fillers.isdisjoint(guess.words):
            return guess
        return guess._replace(words=tuple(word for word in guess.words if word not in fillers))


class Reader:
    """Reads texts for one rule book. `keeps_fillers`: a text of a list begins or ends with a filler."""

    def __init__(self, variants: Variants, speech: Speech, *, keeps_fillers: bool) -> None:
        self._variants = variants
        self._speech = speech
        self._keeps_fillers = keeps_fillers
        self._memory = self._empty()
        # What neighbours are together: words of letters, and asked again at every key.
        self._resolved = lru_cache(maxsize=_NEIGHBOURS)(variants.resolved)

    def _empty(self) -> _Memory:
        return _Memory(self._variants, self._speech, keeps_fillers=self._keeps_fillers)

    def read(self, text: str) -> Iterator[Reading]:
        """Give the exact reading, and the others as far as they say anything else."""
        as_it_stands = exact(text)
        yield as_it_stands
        # Another thread may put another memory in its place meanwhile.
        memory = self._memory
        shown = unmasked(text)
        tokens = shown.split()
        pieces = list(map(memory.__getitem__, tokens))
        places = list(compress(count(), map(memory.special.__contains__, tokens)))
        merged = self._merged(shown, tokens, places, memory) if places else {}
        plain = self._reading(text, tokens, pieces, merged, memory)
        plain.masked = shown is not text
        if merged or plain.joined != as_it_stands.joined:
            yield plain
        others = [at for at in places if tokens[at] in memory.other]
        if others:
            pieces = pieces.copy()
            for at in others:
                pieces[at] = memory.other[tokens[at]]
            other = self._reading(text, tokens, pieces, merged, memory, other=True)
            other.masked = plain.masked
            # Nothing but fillers has changed, as nearly always.
            if other.joined != as_it_stands.joined:
                yield other
        if len(memory) > REMEMBERED:
            self._memory = self._empty()

    @staticmethod
    def _reading(
        text: str,
        tokens: list[str],
        pieces: list[bytes],
        merged: dict[int, Unit],
        memory: _Memory,
        *,
        other: bool = False,
    ) -> PlainReading:
        def unit_of(at: int) -> Unit:
            return Unit(memory.guess(tokens[at], other=other), at, at, tokens[at])

        if not merged:
            return PlainReading(text, pieces, unit_of)
        units: list[int | Unit] = []
        put: list[bytes] = []
        at = 0
        for first, unit in sorted(merged.items()):
            units += [*range(at, first), unit]
            put += [*pieces[at:first], _encoded(unit.guess)]
            at = unit.last + 1
        units += range(at, len(tokens))
        put += pieces[at:]

        def put_together(nth: int) -> Unit:
            found = units[nth]
            return unit_of(found) if isinstance(found, int) else found

        return PlainReading(text, put, put_together)

    def _merged(self, shown: str, tokens: list[str], places: list[int], memory: _Memory) -> dict[int, Unit]:
        """Find what stands in several tokens; give it by the first of them."""
        odd = [at for at in places if tokens[at] in memory.pieces]
        seconds = [at for at in places if tokens[at] in memory.seconds]
        units = [*self._pairs(tokens, seconds, memory)] if seconds else []
        if odd:
            units = [*self._spaced(shown, tokens, memory), *units, *self._split(tokens, odd, memory)]
        if not units:
            return {}
        merged: dict[int, Unit] = {}
        taken: set[int] = set()
        for unit in units:
            covered = range(unit.first, unit.last + 1)
            if taken.isdisjoint(covered):
                taken.update(covered)
                merged[unit.first] = unit
        return merged

    def _spaced(self, shown: str, tokens: list[str], memory: _Memory) -> Iterator[Unit]:
        """Find rows of single letters that spell listed words from the first to the last letter."""
        letters = memory.letters
        rows = runs_of_letters(map(letters.__contains__, tokens))
        if not rows:
            return
        spans = [token.span() for token in TOKEN.finditer(shown)]
        gaps = [shown[one[1] : two[0]] for one, two in pairwise(spans)]
        for start, end in rows:
            if end - start > _LONGEST_ROW:
                continue
            # "i k i l l": a word of one letter may stand before the spelled one.
            starts = (
                [start, start + 1] if fold(tokens[start]) in _LETTER_WORDS and end - start > 2 else [start]
            )
            for first in starts:
                spelled = groups([fold(token) for token in tokens[first : end + 1]], gaps[first:end])
                found = [self._variants.in_words(word) for word in spelled]
                if all(found):
                    words = tuple(word for guess in found if guess for word in guess.words)
                    yield Unit(Guess(words, SPACED, end - first), first, end, "")
                    break

    def _split(self, tokens: list[str], places: list[int], memory: _Memory) -> Iterator[Unit]:
        """Find listed words with blanks in them: "sui cide"."""
        size = len(tokens)
        for at in places:
            low = max(0, at - _WIDEST_SPLIT + 1)
            near = list(map(memory.folded, tokens[low : at + _WIDEST_SPLIT]))
            for before, width in _AROUND:
                first = at - before
                if first < 0 or first + width > size:
                    continue
                word = "".join(near[first - low : first - low + width])
                if not _SHORTEST_SPLIT <= len(word) <= LONGEST_REMEMBERED or not word.isalpha():
                    continue
                known = self._resolved(word)
                if known:
                    guess = Guess(known.words, SPLIT, width - 1 + known.edits)
                    yield Unit(guess, first, first + width - 1, "")
                    break

    def _pairs(self, tokens: list[str], places: list[int], memory: _Memory) -> Iterator[Unit]:
        """Find two words that mean something together: "my self", "want 2"; from the right."""
        free = len(tokens)
        for at in reversed(places):
            words = None
            if 0 < at < free:
                words = self._speech.pair(fold(tokens[at - 1]), memory.seconds[tokens[at]])
            if words is not None:
                lane = SPLIT if len(words) == 1 else SPEECH
                yield Unit(Guess(words, lane, 1 if lane == SPLIT else 0), at - 1, at, "")
                free = at - 1


def _is_private(token: str, guess: Guess) -> bool:
    """Say whether a token may be a password: too long for a word, or digits and letters that say nothing."""
    if len(token) > LONGEST_REMEMBERED:
        return True
    return guess.lane == EXACT and any(map(str.isdigit, token)) and any(map(str.isalpha, token))


def _encoded(guess: Guess) -> bytes:
    return "".join([f"{word} " for word in guess.words]).encode("utf-8", "replace")
