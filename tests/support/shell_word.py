"""Waiting until a shell's word is that it hides the strip, or that it does not."""

from lamplighter_agent.backends.linux._shell_word import ShellWord
from lamplighter_agent.backends.linux._xstrip import Hidden

from tests.support.sensed import eventually


async def says(word: ShellWord, hidden: Hidden | None) -> None:
    """Take what it says until it says this; None: it hides nothing."""

    def look() -> bool:
        word.take()
        return word.hides() is hidden

    await eventually(look, f"{hidden} instead of {word.hides()}")
