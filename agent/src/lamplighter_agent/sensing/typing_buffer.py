"""Keeps the last 512 characters typed into the focused field and says when they are ready to be judged.

Pure: it is fed key presses or text edits with the caller's clock, and returns windows. The text is the
stream as typed, where U+0008 is Backspace, so that typed-then-deleted words are still there; positions
count that stream and never go back, so that a finding has one place. A ring that is full begins with a whole
word, since half a word can be another one. It is memory only: `forget` drops all of it, and after `FORGET_S`
without typing `tick` does.

At a word boundary the new words are handed over with the last `REPEATED` characters before them, which is
more than what says how a word is meant. The whole ring is handed over at a pause, at Enter, when the field is
left, where what was deleted reaches farther back, and every `WHOLE_EVERY` characters: so what stands far
apart is seen together, too, if some words later, while nearly every word costs half as much to judge.

An edit inside the last `NEAR` characters is written as the keys that would have made it (Backspaces,
the new text, the rest again). An edit further away starts a new window with the word it changed, so that
the window never shows text that is not in the field.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import accumulate

from lamplighter_agent.backends.ports import KeyKind, KeyPress

RING = 512
# A window always repeats this much of the one before, so that no phrase falls between two.
OVERLAP = 128
# Of what was handed over before, at a word boundary: some forty words.
REPEATED = 224
WHOLE_EVERY = 128
NEAR = 64
# What holds no blank for so long is no word, or of a script that has none: it is cut anywhere.
LONGEST_WORD = 64
# So much is taken in between two windows.
_STEP = RING - OVERLAP - LONGEST_WORD
PAUSE_S = 1.0
FORGET_S = 60.0
PASTE_LIMIT = 65_536
BACKSPACE = "\b"
_BLANK = re.compile(r"\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedWindow:
    """The ring at a hand-over; `position` is the stream position of its first character."""

    position: int
    text: str = field(repr=False)
    pasted: bool = False


class TypingBuffer:
    """The ring of one focused field. Not thread-safe; the event loop owns it."""

    def __init__(self) -> None:
        self._ring = ""
        self._start = 0
        # Stream characters, and among them words, since the last hand-over.
        self._unsent = 0
        self._since_whole = 0
        self._fresh = False
        self._fresh_word = False
        # Whether the last hand-over was of a part of the ring.
        self._partial = False
        # The offset in the field at which the visible text of the ring ends; unknown until the first edit.
        self._end: int | None = None
        self._changed_at = 0.0
        self.lost_characters = 0

    def press(self, key: KeyPress, now: float) -> list[TypedWindow]:
        """Apply one key; return what is ready."""
        self._touch(now)
        if key.kind is KeyKind.TEXT:
            return self._type(_clean(key.text))
        if key.kind is KeyKind.BACKSPACE:
            return self._erase(min(1, len(self._visible())))
        if key.kind is KeyKind.DELETE_WORD:
            return self._erase(_last_word(self._visible()))
        ready = self._take()
        if key.kind is KeyKind.ENTER:
            self._ring, self._unsent = self._ring + "\n", self._unsent + 1
            self._trim()
        else:
            self._restart(None)
        return ready

    def insert(self, offset: int, text: str, now: float) -> list[TypedWindow]:
        """Apply text that appeared at an offset of the field: one character is typing, more is a paste."""
        self._touch(now)
        text = _clean(text)
        if len(text) > 1:
            return self._paste(offset, text)
        if self._end is None:
            self._end = offset
        if offset == self._end:
            self._end += len(text)
            return self._type(text)
        ready = self._splice(offset, 0, text)
        return ready + (self._take() if _has_boundary(text) and self._fresh_word else [])

    def delete(self, offset: int, count: int, now: float) -> list[TypedWindow]:
        """Apply a removal. More than one character is a boundary: a sent message empties its field."""
        self._touch(now)
        if self._end is None or offset >= self._end:
            return []
        ready = self._take() if count > 1 or self._only_whole_is_due() else []
        if count > 1 and count >= len(self._visible()) and offset + count >= self._end:
            self._restart(offset)
            return ready
        return ready + self._splice(offset, count, "")

    def tick(self, now: float) -> list[TypedWindow]:
        """Hand over at a pause; forget after a long one."""
        ready: list[TypedWindow] = []
        if (self._fresh or self._partial) and now >= self._changed_at + PAUSE_S:
            ready = self._take()
        if self._ring and now >= self._changed_at + FORGET_S:
            self._restart(self._end)
        return ready

    def finish(self) -> list[TypedWindow]:
        """Hand over what has not been yet: the field is being left."""
        return self._take()

    def deadline(self) -> float | None:
        """Return when `tick` has something to do, if nothing is typed until then."""
        if self._fresh or self._partial:
            return self._changed_at + PAUSE_S
        return self._changed_at + FORGET_S if self._ring else None

    def forget(self) -> int:
        """Drop everything (focus, secret, doubt); return how many words were dropped unseen."""
        dropped = len(self._ring[-self._unsent :].split()) if self._fresh else 0
        self._restart(None)
        return dropped

    def _touch(self, now: float) -> None:
        if self._ring and now >= self._changed_at + FORGET_S:
            self._restart(self._end)
        self._changed_at = now

    def _type(self, text: str) -> list[TypedWindow]:
        self._append(text)
        full = self._unsent >= _STEP
        if full or (_has_boundary(text) and self._fresh_word):
            return self._take(whole=full)
        return []

    def _erase(self, count: int) -> list[TypedWindow]:
        # What was not handed over yet, or not together, must not be pushed out of the ring by Backspaces.
        due = self._unsent + count > _STEP or self._only_whole_is_due()
        ready = self._take() if due else []
        self._append(BACKSPACE * count)
        return ready

    def _paste(self, offset: int, text: str) -> list[TypedWindow]:
        ready = self._take()
        if len(text) > PASTE_LIMIT:
            self.lost_characters += len(text) - PASTE_LIMIT
            text = text[:PASTE_LIMIT]
        if self._end is None:
            self._end = offset
        if offset != self._end:
            self._restart(offset)
        self._end = offset + len(text)
        for begin in range(0, len(text), _STEP):
            self._append(text[begin : begin + _STEP])
            ready += self._take(pasted=True)
        return ready

    def _splice(self, offset: int, removed: int, inserted: str) -> list[TypedWindow]:
        """Change text that is not at the end of the ring."""
        assert self._end is not None
        visible = self._visible()
        base = self._end - len(visible)
        after = self._end - (offset + removed)
        if offset >= base and 0 <= after <= NEAR:
            tail = visible[len(visible) - after :] if after else ""
            self._append(BACKSPACE * (after + removed) + inserted + tail)
            self._end += len(inserted) - removed
            return []
        if not inserted and offset + removed <= base:
            self._end -= removed
            return []
        ready = self._take()
        left = right = ""
        if offset >= base and after >= 0:
            left, right = _word_around(visible, offset - base, offset - base + removed)
        self._restart(offset + len(inserted) + len(right))
        self._append(left + inserted + right)
        return ready

    def _append(self, text: str) -> None:
        self._ring += text
        self._unsent += len(text)
        self._since_whole += len(text)
        self._fresh = self._fresh or bool(text.strip(" \n\t"))
        self._fresh_word = self._fresh_word or any(_in_word(character) for character in text)
        self._trim()

    def _trim(self) -> None:
        over = len(self._ring) - RING
        if over > 0:
            over = _whole_word(self._ring, over)
            self._ring = self._ring[over:]
            self._start += over

    def _take(self, *, pasted: bool = False, whole: bool = True) -> list[TypedWindow]:
        if not self._fresh and not (whole and self._partial):
            self._fresh_word, self._unsent = False, 0
            return []
        begin = 0 if whole or self._since_whole >= WHOLE_EVERY else self._before_unsent()
        if not begin:
            self._since_whole = 0
        self._partial = begin > 0
        self._fresh = self._fresh_word = False
        self._unsent = 0
        return [TypedWindow(position=self._start + begin, text=self._ring[begin:], pasted=pasted)]

    def _only_whole_is_due(self) -> bool:
        """Say whether every word was handed over, but not with all that stands before it."""
        return self._partial and not self._fresh

    def _before_unsent(self) -> int:
        """Return where the words begin that are handed over again with new ones; 0 for all."""
        begin = len(self._ring) - self._unsent - REPEATED
        if begin <= 0:
            return 0
        begin = _whole_word(self._ring, begin)
        return 0 if _deletes_more(self._ring[begin:]) else begin

    def _restart(self, end: int | None) -> None:
        # One more than the text, so that nothing before and after looks adjacent.
        self._start += len(self._ring) + 1
        self._ring = ""
        self._unsent = 0
        self._fresh = self._fresh_word = self._partial = False
        self._end = end

    def _visible(self) -> str:
        if BACKSPACE not in self._ring:
            return self._ring
        shown: list[str] = []
        for character in self._ring:
            if character != BACKSPACE:
                shown.append(character)
            elif shown:
                shown.pop()
        return "".join(shown)


def _clean(text: str) -> str:
    """Control characters come from no key: pasted ones must not pass for Backspace."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"} else " " for c in text)


def _in_word(character: str) -> bool:
    # Marks join words in many scripts, though they are not alphanumeric by themselves.
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _has_boundary(text: str) -> bool:
    return any(not _in_word(character) for character in text)


def _deletes_more(stream: str) -> bool:
    """Say whether Backspaces take away more than stands before them."""
    if BACKSPACE not in stream:
        return False
    standing = accumulate(-1 if character == BACKSPACE else 1 for character in stream)
    return min(standing) < 0


def _whole_word(text: str, begin: int) -> int:
    """Return where the first word begins that is not cut at `begin`; `begin` where none does soon."""
    if text[begin - 1].isspace():
        return begin
    blank = _BLANK.search(text, begin, begin + LONGEST_WORD)
    return blank.end() if blank else begin


def _last_word(visible: str) -> int:
    """Return the length of the last word with the spaces after it: what Ctrl+W takes away."""
    kept = visible.rstrip()
    while kept and not kept[-1].isspace():
        kept = kept[:-1]
    return len(visible) - len(kept)


def _word_around(text: str, begin: int, end: int) -> tuple[str, str]:
    left = begin
    while left and _in_word(text[left - 1]):
        left -= 1
    right = end
    while right < len(text) and _in_word(text[right]):
        right += 1
    return text[left:begin], text[end:right]
