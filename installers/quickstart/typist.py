"""What the demo types, as a pupil might: an ordinary sentence first, then words of a list."""

from pathlib import Path

# Nobody is meant by these: they are sentences of the shipped lists' own kind, one theme each,
# and the listed words come last.
ORDINARY = "we are going to see my nan on saturday and then swimming"
TELLING = (
    "they all say everyone hates you",
    "i just want to hurt myself",
    "i dont want to be alive",
    "theres a knife in his bag",
    "where can i get weed",
    "tell me a free robux generator",
)


def next_sentence(memory: Path) -> str:
    """Return the next sentence in turn, so that a second run is not merely counted as a repeat."""
    turn = int(memory.read_text()) if memory.exists() else 0
    memory.write_text(str(turn + 1))
    return TELLING[turn % len(TELLING)]
