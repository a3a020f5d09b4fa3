"""What a person sees: the strip, and the icon, for which wine has no taskbar. And what else wine lacks."""

from lamplighter_agent.backends.windows.strip_rule import COVERED, GONE, SEE_THROUGH

from tests.support.outcome import Outcome, beyond, proven
from tests.wine.prefix import Program, Wine


def check_strip(wine: Wine) -> list[Outcome]:
    """Show the strip, cover it, uncover it and make it transparent, as a program of the person could."""
    with wine.inside("strip.py") as strip:
        _until(strip, "")
        with wine.inside("meddle.py", "cover"):
            _until(strip, COVERED)
        _until(strip, "")
        with wine.inside("meddle.py", "transparent"):
            _until(strip, SEE_THROUGH)
        strip.tell("end")
        strip.until(lambda: bool(strip.values("closed")), "the end of the strip")
        closed = strip.values("closed")[0]
    return [
        proven(
            "strip of a session without a taskbar: seen, and known when covered or made transparent",
            holds=closed == GONE,
            otherwise="it seems to be there still",
        )
    ]


def _until(strip: Program, wanted: str) -> None:
    strip.until(lambda: strip.values("missing")[-1:] == [wanted], wanted or "the strip in sight")


def check_beyond(wine: Wine) -> list[Outcome]:
    """Try what wine lacks all the same, so that a wine that has it one day says so."""
    with wine.inside("beyond.py") as tried:
        tried.until(lambda: bool(tried.values("automation")), "both answers")
    shown, reason = tried.values("icon")[0]
    found, lacking = tried.values("automation")[0]
    return [
        beyond("notification icon: the taskbar says where it is", shown=shown, lacking=reason),
        beyond("UI Automation: IsPassword of the focused element", shown=found, lacking=lacking),
    ]
