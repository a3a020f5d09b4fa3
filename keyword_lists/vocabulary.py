"""Makes the list of known words that the matcher ships; run by `make setup`.

The words come from wordfreq (R. Speer; data under CC BY-SA 4.0, see NOTICE beside this file): the most
frequent ones of English and of every other language it has that is written with blanks. They are folded as
texts are, and only a filter of their hashes is kept. The same release gives the same bytes everywhere.
"""

import sys
from pathlib import Path

from lamplighter_keywords.reading.normalise import fold
from lamplighter_keywords.reading.vocabulary import Vocabulary
from wordfreq import available_languages, top_n_list

ENGLISH = 90_000
COMMON = 15_000
OTHERS = 30_000
# Written without blanks, so that their words never are tokens.
WITHOUT_BLANKS = {"ja", "zh"}


def main(target: Path) -> None:
    """Write the file; an old one is replaced."""
    english = top_n_list("en", ENGLISH)
    known = {fold(word) for word in english}
    for language in sorted(available_languages("best").keys() - WITHOUT_BLANKS - {"en"}):
        known.update(map(fold, top_n_list(language, OTHERS)))
    common = {fold(word) for word in english[:COMMON]}
    made = Vocabulary.of(_words(known), _words(common))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(made.to_bytes())


def _words(folded: set[str]) -> list[str]:
    return sorted(word for word in folded if word.isalpha())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
