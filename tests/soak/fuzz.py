"""What is asked of every text, and texts made by chance.

A finding is a seed and the text of the fuzz, made of our own words: never anything that a person wrote.
"""

import random
from functools import cache

from lamplighter_keywords.authoring.phrases import GAP, plainly
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import shipped_knowledge
from lamplighter_keywords.terms import Source, UserKind

# Of core themes, each an alert by itself.
CORE_POSITIVES = (
    "i want to kill myself",
    "i want to die",
    "i am going to end my life tonight",
    "i cut myself again last night",
)
_PIECES = (
    *(
        "i want to ",
        "kill ",
        "myself ",
        "lamp ",
        "the ",
        "my ",
        "essay ",
        "gcse ",
        "childline ",
        "in minecraft ",
    ),
    *(
        "k1ll ",
        "k i l l ",
        "su*cide ",
        "k.i.l.l ",
        "wanna ",
        "rlly ",
        "self",
        " ",
        "  ",
        "\n",
        ".",
        "'",
        "-",
        "*",
    ),
    *(
        "\b",
        "\b\b\b",
        "\u200b",
        "\u0301",
        "\u202e",
        "\ud800",
        "\udfff",
        "\u0456",
        "\u0430",
        "½",
        "ß",
        "ﬁ",
        "\0",
    ),
    *(
        " - Google Search",
        " - Wikipedia",
        "🙂",
        "\U0001f1e6",
        "\u0627\u0646\u062a\u062d\u0627\u0631 ",
        "\u09be",
    ),
)


@cache
def curriculum_cues() -> tuple[str, ...]:
    """Every cue of school work, written out."""
    knowledge = shipped_knowledge()
    spellings = (plainly(text, knowledge.classes) for text in knowledge.cues["curriculum"])
    return tuple(sorted({one for some in spellings for one in some if GAP not in one}))


def made_up(chance: random.Random) -> str:
    """Give a text of known pieces and of any code points."""
    pieces = []
    for _ in range(chance.randint(1, 40)):
        if chance.random() < 0.8:
            pieces.append(chance.choice(_PIECES))
        else:
            pieces.append(chr(chance.randrange(0x110000)) * chance.choice((1, 1, 2, 50)))
    return "".join(pieces)


def fault_of(matcher: Matcher, text: str, source: Source, user_kind: UserKind) -> str | None:
    """Match a text twice; say what is wrong, or give None. It never raises."""
    try:
        found = matcher.match(text, source=source, user_kind=user_kind)
        again = matcher.match(text, source=source, user_kind=user_kind)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding.
        return f"raised {type(error).__name__}"
    if found != again:
        return "the second time said something else"
    for match in found:
        if not 0 <= match.start < match.end <= len(text):
            return f"{match.term} lies outside of the text"
        if not 1 <= match.severity <= 5 or sum(value for _, value in match.addends) != match.severity:
            return f"{match.term} has steps that do not add up"
    return None
