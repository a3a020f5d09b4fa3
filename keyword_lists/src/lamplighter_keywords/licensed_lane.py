"""The lane of licensed lists: finds their entries in a text, and says where, but never what.

Every reading of a text that the matcher makes is looked through, word run by word run. Context moves nothing:
a severity comes with the list, one less in a window's title and for what was deleted again, which counts for
core themes only. What is found is known by its list and the number of its entry alone.

Pure; may be used from any number of threads.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from lamplighter_keywords.bundles.licensed import LicensedList, LicensedLists
from lamplighter_keywords.judging.severity import DELETED, SEEN, TITLE, Addends
from lamplighter_keywords.reading.edits import BACKSPACE, Draft, apply_edits
from lamplighter_keywords.reading.readings import Reading

LICENSED: Final = "licensed"
"""The lane that a match of a licensed list names."""
WITHHELD: Final = "[withheld]"
"""Stands where an entry stood beside something else that was found."""
LISTED: Final = "licensed list"
_BETWEEN: Final = ":"
Read = Callable[[str], Iterable[Reading]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensedPlace:
    """An entry stands at `text[start:end]`, counted in code points of the raw text."""

    licensed: LicensedList
    entry: int
    start: int
    end: int
    deleted: bool = False

    @property
    def term(self) -> str:
        """What names the entry, with none of its words."""
        return f"{self.licensed.id}{_BETWEEN}{self.entry}"

    @property
    def version(self) -> str:
        """The day on which the list was imported."""
        return datetime.fromtimestamp(self.licensed.imported / 1000, UTC).date().isoformat()

    def weigh(self, *, title: bool) -> tuple[int, Addends]:
        """Give the severity, and the steps that add up to it."""
        steps = [(LISTED, self.licensed.severity)]
        severity = self.licensed.severity
        for applies, reason in ((title, TITLE), (self.deleted, DELETED)):
            if applies and severity > SEEN:
                severity -= 1
                steps.append((reason, -1))
        return severity, tuple(steps)


def licensed_term(term: str) -> str:
    """Say in plain words what `LicensedPlace.term` names."""
    name, _, entry = term.rpartition(_BETWEEN)
    return f"Licensed list {name}, entry {entry}; words withheld by licence"


class LicensedLane:
    """Looks for the entries of some lists in texts, as `read` reads them."""

    def __init__(self, lists: Sequence[LicensedList], read: Read, is_core: Callable[[str], bool]) -> None:
        self._lists = LicensedLists(lists)
        self._read = read
        self._core = frozenset(one.theme for one in lists if is_core(one.theme))

    def match(self, text: str, *, edited: bool) -> list[LicensedPlace]:
        """Give each entry once for each place; with edits, U+0008 is the Backspace key."""
        if not edited or BACKSPACE not in text:
            return self.places(text)
        whole = apply_edits(text)
        found = [_moved(place, whole.final) for place in self.places(whole.final.text)]
        seen = {place.term for place in found}
        for draft in whole.drafts:
            for place in self.places(draft.text):
                gone = place.end > draft.deleted_from and place.licensed.theme in self._core
                if gone and place.term not in seen:
                    seen.add(place.term)
                    found.append(replace(_moved(place, draft), deleted=True))
        return found

    def places(self, text: str) -> list[LicensedPlace]:
        """Give every place of a text without edits, in order."""
        places = {
            (place.start, place.end, place.term): place
            for reading in self._read(text)
            for place in self._places_in(reading)
        }
        return [place for _, place in sorted(places.items(), key=lambda one: one[0])]

    def _places_in(self, reading: Reading) -> Iterator[LicensedPlace]:
        for find in self._lists.find(reading.words):
            at = reading.locate(find.first, find.last)
            yield LicensedPlace(licensed=find.licensed, entry=find.entry, start=at.start, end=at.end)


def _moved(place: LicensedPlace, draft: Draft) -> LicensedPlace:
    """Give a place of an edited text in the raw text."""
    start, end = draft.place(place.start, place.end)
    return replace(place, start=start, end=end)
