"""Simple English inflection: the forms in which a word of a stem term may be written.

Deliberately few rules and no dictionary of the language: plural, third person, past and -ing of regular
words, and the irregular verbs that safeguarding lists really use. A form that nobody writes does no harm;
it matches nothing.
"""

from itertools import product

# Verbs whose past is not made by a rule.
IRREGULAR = {
    "bleed": ("bled",),
    "break": ("broke", "broken"),
    "bring": ("brought",),
    "buy": ("bought",),
    "catch": ("caught",),
    "come": ("came",),
    "cut": (),
    "deal": ("dealt",),
    "die": ("dying",),
    "do": ("did", "done", "does"),
    "drink": ("drank", "drunk"),
    "drive": ("drove", "driven"),
    "eat": ("ate", "eaten"),
    "feel": ("felt",),
    "fight": ("fought",),
    "find": ("found",),
    "get": ("got",),
    "give": ("gave", "given"),
    "go": ("went", "gone", "goes"),
    "hang": ("hung",),
    "hate": (),
    "hit": (),
    "hold": ("held",),
    "hurt": (),
    "keep": ("kept",),
    "leave": ("left",),
    "lie": ("lying",),
    "lose": ("lost",),
    "make": ("made",),
    "meet": ("met",),
    "pay": ("paid",),
    "run": ("ran",),
    "see": ("saw", "seen"),
    "sell": ("sold",),
    "send": ("sent",),
    "shoot": ("shot",),
    "sleep": ("slept",),
    "smoke": (),
    "steal": ("stole", "stolen"),
    "take": ("took", "taken"),
    "tell": ("told",),
    "think": ("thought",),
    "throw": ("threw", "thrown"),
    "touch": (),
    "write": ("wrote", "written"),
}
# Small words have one form; without this "i" and "as" would grow endings.
_UNCHANGING = """
a about all am an and any are as at be been but by can for from had has have he her him his how i if im in is
it its me my myself no not of off on or our out she so that the their them they this to up us was we were what
when who why will with you your yourself himself herself themselves
"""
UNCHANGING = frozenset(_UNCHANGING.split())
_VOWELS = "aeiou"
_SHORTEST = 3


def inflections(word: str) -> tuple[str, ...]:
    """Give a folded word and its forms, the word itself first."""
    if word in UNCHANGING or len(word) < _SHORTEST or not word.isalpha() or not word.isascii():
        return (word,)
    forms = [word, *_endings(word), *IRREGULAR.get(word, ())]
    return tuple(dict.fromkeys(forms))


def _endings(word: str) -> list[str]:
    last, before = word[-1], word[-2]
    if last == "y" and before not in _VOWELS:
        return [word[:-1] + "ies", word[:-1] + "ied", word + "ing"]
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return [word + "es", word + "ed", word + "ing"]
    if word.endswith("ie"):
        return [word + "s", word + "d", word[:-2] + "ying"]
    if last == "e":
        return [word + "s", word + "d", word[:-1] + "ing"]
    doubled = _doubles(word)
    stem = word + last if doubled else word
    forms = [word + "s", stem + "ed", stem + "ing"]
    return [*forms, word + "ed", word + "ing"] if doubled else forms


def _doubles(word: str) -> bool:
    """Say whether the last consonant doubles: one vowel before it, a short word ("stab", not "visit")."""
    last, before, third = word[-1], word[-2], word[-3]
    if last in _VOWELS or last in "wxy" or before not in _VOWELS:
        return False
    return third not in _VOWELS and len(word) <= 5


def phrase_forms(phrase: str) -> tuple[str, ...]:
    """Give the forms of a folded phrase: two changing words vary together, more of them one at a time."""
    words = phrase.split(" ")
    choices = [inflections(word) for word in words]
    if sum(len(choice) > 1 for choice in choices) <= 2:
        return tuple(" ".join(chosen) for chosen in product(*choices))
    forms = [phrase]
    for nth, choice in enumerate(choices):
        forms += [" ".join([*words[:nth], form, *words[nth + 1 :]]) for form in choice[1:]]
    return tuple(forms)
