"""Toolkits against keyboard layouts: `python -m tests.journeys.matrix`, or `make matrix`.

In each toolkit's window and each layout, switched while the sensors run, random characters are typed into
the secret field and then a listed sentence into the ordinary one. A cell is proven when the window tells
that its secret field took every key, nothing of that was handed over, and the ordinary text came exactly as
it was typed and matched the shipped lists. The sensing is the helper's own, its backends those that select.py
chooses. Raw results go to `.matrix/`, what they amount to into
`matrix.json`, and from that into agent/README.md.
"""

import asyncio
import contextlib
import json
import random
import re
import sys
import time
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from lamplighter_agent.observation import TypedText
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import load_compiled, load_shipped
from lamplighter_keywords.terms import Source, UserKind

from installers.quickstart.virtual_desktop.desktop import Desktop, Window, running_desktop
from tests.journeys.terminals import shell_of, wait_for_tty
from tests.support.layouts import LAYOUTS, Layout, LayoutKeyboard
from tests.support.readme import put_into_readme
from tests.support.sensed import Sensed, aside, eventually, sensing
from tests.support.sources import ROOT
from tests.support.toolkits import TOOLKITS
from tests.support.waiting import wait_for

RAW = ROOT / ".matrix"
SUMMARY = Path(__file__).with_name("matrix.json")
MARK = "matrix"
ALERT = 2
LONGEST = 40
CELL_S = 8.0
WARM_S = 12
TRIES = 3
PIECE = 3
PROVEN, PLAIN, NOT_PROVEN = "yes", "read", "not proven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one toolkit did in one layout. `problem` says what stopped it, never typed text."""

    toolkit: str
    layout: str
    # How many characters the secret field took, and whether nothing of them came out.
    secret_characters: int = 0
    silent: bool = False
    # The ordinary text came exactly, and the shipped lists found it (None: no list speaks that language).
    read: bool = False
    listed: bool | None = None
    seconds: float = 0.0
    # How long after its window had the focus the program was first read.
    warmed_s: float = 0.0
    tries: int = 1
    problem: str = ""

    @property
    def verdict(self) -> str:
        if not (self.silent and self.secret_characters and self.read) or self.listed is False:
            return NOT_PROVEN
        return PLAIN if self.listed is None else PROVEN


@cache
def _matcher() -> Matcher:
    return Matcher(load_compiled())


@cache
def _sentences(language: str) -> tuple[str, ...]:
    """Return the shipped lists' own short example sentences of one language."""
    lists = [keywords for keywords in load_shipped().lists if keywords.language == language]
    hits = {hit for keywords in lists for term in keywords.terms for hit in term.tests.hit}
    plain = (hit for hit in hits if len(hit) <= LONGEST and hit == hit.lower() and _letters(hit))
    return tuple(sorted(plain))


def _letters(text: str) -> bool:
    return all(character == " " or unicodedata.category(character)[0] in "LM" for character in text)


def is_listed(text: str) -> bool:
    """Tell whether the shipped lists find something in typed text that a person would be told of."""
    found = _matcher().match(text + " ", source=Source.TYPED, user_kind=UserKind.PUPIL)
    return any(match.severity >= ALERT for match in found)


def sentence(layout: Layout, keyboard: LayoutKeyboard) -> str:
    """Return what is typed in a layout: a listed sentence, if one can be, with its special characters."""
    if not layout.language:
        return layout.text
    wants = set(layout.wants)
    ranked = sorted(_sentences(layout.language), key=lambda text: (-len(set(text) & wants), text))
    return next(text for text in ranked if keyboard.can_type(text) and is_listed(text))


def applied(text: str) -> str:
    """Return what a stream of typed characters leaves, where U+0008 takes one away."""
    left: list[str] = []
    for character in text:
        if character != "\b":
            left.append(character)
        elif left:
            left.pop()
    return "".join(left)


class Trial:
    """One toolkit's window on its own desktop, tried in one layout after another."""

    def __init__(self, toolkit: str, desktop: Desktop, sensed: Sensed) -> None:
        self._toolkit = toolkit
        self._desktop = desktop
        self._sensed = sensed
        self._window: Window | None = None
        self._shell = 0
        self._hidden = ""

    async def open(self) -> None:
        self._window = await aside(TOOLKITS[self._toolkit], self._desktop)
        if self._toolkit == "xterm":
            self._shell = await aside(shell_of, self._window.process.pid)

    async def warm(self, keyboard: LayoutKeyboard) -> float:
        """Type into the ordinary field until something is handed over; return the seconds that took.

        A program that has just started is not read at once.
        """
        began = time.monotonic()
        if not self._shell:
            await aside(keyboard.tab)
            for _ in range(WARM_S):
                await aside(keyboard.type, "a ")
                with contextlib.suppress(AssertionError):
                    await eventually(lambda: self._sensed.typed, "a first text", seconds=1.0)
                    break
            await aside(keyboard.tab, back=True)
        return round(time.monotonic() - began, 2)

    def _counts(self) -> tuple[int, int]:
        assert self._window is not None
        window = self._desktop.display.create_resource_object("window", self._window.id)
        title = bytes(self._desktop._property(window, "_NET_WM_NAME") or b"").decode()
        found = re.match(r"fields (\d+) (\d+)", title)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    async def cell(self, layout: Layout, keyboard: LayoutKeyboard) -> Cell:
        """Try one layout; what goes wrong is told in the cell."""
        began = time.monotonic()
        cell = Cell(toolkit=self._toolkit, layout=layout.name)
        try:
            await aside(keyboard.switch, layout)
            text = await aside(sentence, layout, keyboard)
            self._sensed.typed.clear()
            taken = await self._secret(layout, keyboard, text)
            read = await self._ordinary(layout, keyboard, text)
        except (AssertionError, KeyError, StopIteration) as problem:
            words = str(problem) if isinstance(problem, AssertionError) else "the layout lacks a key"
            return replace(cell, problem=words)
        return Cell(
            toolkit=self._toolkit,
            layout=layout.name,
            secret_characters=taken,
            silent=self._only(text + layout.second),
            read=read,
            listed=self._listed() if layout.language else None,
            seconds=round(time.monotonic() - began, 2),
        )

    async def _secret(self, layout: Layout, keyboard: LayoutKeyboard, text: str) -> int:
        """Type random characters into the secret field; return how many it took."""
        letters = [character for character in text if character != " "]
        hidden = "".join(random.choices(letters, k=10))
        self._hidden = hidden
        before = self._counts()[0]
        if self._shell:
            before = 0
            await aside(wait_for_tty, self._shell, name="bash", canonical=True, echo=False)
        await aside(keyboard.type, hidden)
        if self._shell:
            await aside(keyboard.enter)
            await aside(wait_for_tty, self._shell, name="bash", canonical=True, echo=True)
        wanted = before + len(unicodedata.normalize("NFC", hidden))
        await aside(wait_for, lambda: self._counts()[0] == wanted, "the secret field", seconds=CELL_S)
        return wanted - before

    async def _ordinary(self, layout: Layout, keyboard: LayoutKeyboard, text: str) -> bool:
        """Type the sentence into the ordinary field; tell whether it was handed over exactly."""
        before = self._counts()[1]
        if not self._shell:
            await aside(keyboard.tab)
        await aside(keyboard.type, text)
        if layout.second:
            await aside(keyboard.type_second, layout.second)
        await aside(keyboard.enter if self._shell else lambda: keyboard.type(" "))
        whole = text + layout.second
        wanted = len(whole) + (0 if self._shell else before + 1)
        await aside(wait_for, lambda: self._counts()[1] == wanted, "the ordinary field", seconds=CELL_S)
        try:
            await eventually(lambda: self._has(whole), "the text", seconds=CELL_S)
        except AssertionError:
            read = False
        else:
            read = True
        if not self._shell:
            await aside(keyboard.tab, back=True)
        return read

    def _has(self, whole: str) -> bool:
        return any(_shown(typed) == whole for typed in self._sensed.typed)

    def _only(self, whole: str) -> bool:
        """Tell whether no piece of the secret was handed over."""
        pieces = {self._hidden[at : at + PIECE] for at in range(len(self._hidden) - PIECE + 1)}
        telling = [piece for piece in pieces if piece not in whole]
        return not any(piece in _shown(typed) for typed in self._sensed.typed for piece in telling)

    def _listed(self) -> bool:
        return any(is_listed(_shown(typed)) for typed in self._sensed.typed)


def _shown(typed: TypedText) -> str:
    return applied(typed.text).strip()


async def try_toolkit(toolkit: str, layouts: Sequence[Layout]) -> list[Cell]:
    """Run one toolkit on a desktop of its own through some layouts."""
    with running_desktop() as desktop, LayoutKeyboard(desktop) as keyboard:
        async with sensing(desktop.environment) as sensed:
            trial = Trial(toolkit, desktop, sensed)
            try:
                await trial.open()
                await aside(keyboard.switch, LAYOUTS[0])
                warmed = await trial.warm(keyboard)
            except AssertionError:
                return [Cell(toolkit=toolkit, layout=layout.name, problem="no window") for layout in layouts]
            cells = []
            for layout in layouts:
                cell = await trial.cell(layout, keyboard)
                for tries in range(2, TRIES + 1):
                    if cell.read or cell.problem or not cell.silent:
                        break
                    cell = replace(await trial.cell(layout, keyboard), tries=tries)
                cells.append(replace(cell, warmed_s=warmed))
            return cells


def summary(cells: Iterable[Cell]) -> dict[str, dict[str, str]]:
    """Return the verdict of each layout and toolkit."""
    found: dict[str, dict[str, str]] = {}
    for cell in cells:
        found.setdefault(cell.layout, {})[cell.toolkit] = cell.verdict
    return found


def table(verdicts: dict[str, dict[str, str]]) -> str:
    """Return the matrix as it stands in agent/README.md."""
    toolkits = list(TOOLKITS)
    rows = ["| layout | " + " | ".join(toolkits) + " |", "|---" * (len(toolkits) + 1) + "|"]
    for layout in LAYOUTS:
        cells = verdicts.get(layout.name, {})
        rows.append(
            f"| {layout.name} | " + " | ".join(cells.get(name, NOT_PROVEN) for name in toolkits) + " |"
        )
    return "\n".join(rows) + "\n"


def main(toolkits: Sequence[str]) -> None:
    """Try the named toolkits, or all, and write raw results, summary and README."""
    RAW.mkdir(exist_ok=True)
    verdicts: dict[str, dict[str, str]] = json.loads(SUMMARY.read_text()) if SUMMARY.exists() else {}
    for toolkit in toolkits or list(TOOLKITS):
        cells = asyncio.run(try_toolkit(toolkit, LAYOUTS))
        lines = [json.dumps(asdict(cell) | {"verdict": cell.verdict}) for cell in cells]
        (RAW / f"{toolkit.lower().replace(' ', '-')}.jsonl").write_text("\n".join(lines) + "\n")
        for layout, row in summary(cells).items():
            verdicts.setdefault(layout, {}).update(row)
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
    SUMMARY.write_text(json.dumps(verdicts, indent=1, ensure_ascii=False) + "\n")
    put_into_readme(table(verdicts), mark=MARK)


if __name__ == "__main__":
    main(sys.argv[1:])
