"""What a check under wine or in the emulated computer came to, and the line that says so."""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """Whether it held; what wine itself lacks is no fault of ours, and no proof."""

    PROVEN = "proven"
    FAILED = "failed"
    BEYOND = "can't be shown there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One check. `why` says what was seen instead, or what wine lacks; never typed text."""

    check: str
    state: State
    why: str = ""

    def line(self, where: str) -> str:
        """Return what is printed; `where` is "under wine" or the like."""
        if self.state is State.PROVEN:
            return f"proven {where}: {self.check}"
        return f"not proven {where}: {self.check}: {self.why}"


def proven(check: str, *, holds: bool, otherwise: str) -> Outcome:
    """Return that a check held, or that it failed."""
    if holds:
        return Outcome(check=check, state=State.PROVEN)
    return Outcome(check=check, state=State.FAILED, why=otherwise)


def beyond(check: str, *, shown: bool, lacking: str) -> Outcome:
    """Return that a check held, or that wine does not have what it takes."""
    state = State.PROVEN if shown else State.BEYOND
    return Outcome(check=check, state=state, why="" if shown else lacking)
