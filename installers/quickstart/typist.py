"""What the demo types, as a pupil might: an ordinary sentence first, then words of a list."""

from pathlib import Path

# Nobody is meant by these: they are sentences of the shipped lists' own kind, one theme each.
ORDINARY = "my history essay about the fire of london is due on friday"
TELLING = (
    "everyone hates you just leave",
    "i just want to hurt myself",
    "i dont want to be alive anymore",
    "hes bringing a knife to school tomorrow",
    "where can i get weed near me",
    "free robux generator no verify",
)


def next_sentence(memory: Path) -> str:
    """Return the next sentence in turn, so that a second run is not merely counted as a repeat."""
    turn = int(memory.read_text()) if memory.exists() else 0
    memory.write_text(str(turn + 1))
    return TELLING[turn % len(TELLING)]
