"""What KWin says of its effects and lock screen when it is asked over a real message bus."""

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from dbus_fast import Variant
from lamplighter_agent.backends.linux._kwin import KWin
from lamplighter_agent.backends.linux._xstrip import Hidden

from tests.support.pretended_kwin import PretendedKWin, pretended_kwin
from tests.support.shell_word import says

pytestmark = pytest.mark.notice


@pytest_asyncio.fixture
async def kwin(address: str) -> AsyncIterator[PretendedKWin]:
    async with pretended_kwin(address) as kwin:
        yield kwin


@pytest.fixture
def word(address: str, kwin: PretendedKWin) -> Iterator[KWin]:
    word = KWin(address, os.getpid())
    yield word
    word.close()


@pytest.mark.parametrize(
    ("effects", "hidden"),
    [
        ([], None),
        (["blur", "contrast"], None),
        (["blur", "overview"], Hidden.EFFECT),
        (["desktopgrid"], Hidden.EFFECT),
        (["one that nobody has heard of"], Hidden.EFFECT),
    ],
)
async def test_only_effects_that_are_known_leave_it_in_sight(
    word: KWin, kwin: PretendedKWin, effects: list[str], hidden: Hidden | None
) -> None:
    assert word.hides() is Hidden.UNTOLD
    kwin.effects = Variant("as", effects)
    await says(word, hidden)


async def test_each_question_is_answered_anew(word: KWin, kwin: PretendedKWin) -> None:
    await says(word, None)
    kwin.effects = Variant("as", ["overview"])
    word.ask()
    await says(word, Hidden.EFFECT)
    kwin.effects, kwin.locked = Variant("as", []), True
    word.ask()
    await says(word, Hidden.LOCKED)
    kwin.locked = False
    word.ask()
    await says(word, None)


async def test_an_answer_that_has_not_come_by_the_next_question_is_none(
    word: KWin, kwin: PretendedKWin
) -> None:
    await says(word, None)
    kwin.answers = False
    word.ask()
    # The one before still holds.
    assert word.hides() is None
    word.ask()
    assert word.hides() is Hidden.UNTOLD
    kwin.answers = True
    word.ask()
    await says(word, None)


@pytest.mark.parametrize(
    ("effects", "locked"),
    [(Variant("s", "overview"), False), (Variant("ai", [1]), False), (Variant("as", []), None)],
)
async def test_what_is_no_answer_is_nothing_said(
    word: KWin, kwin: PretendedKWin, effects: Variant, locked: Any
) -> None:
    await says(word, None)
    kwin.effects, kwin.locked = effects, locked
    word.ask()
    await says(word, Hidden.UNTOLD)


async def test_when_it_leaves_the_bus_it_is_gone(word: KWin, kwin: PretendedKWin) -> None:
    await says(word, None)
    await kwin.leave()
    with pytest.raises(ConnectionError):
        await says(word, Hidden.UNTOLD)


async def test_only_the_process_whose_windows_are_shown_is_asked(address: str) -> None:
    with pytest.raises(ConnectionError):
        KWin(address, os.getpid())
    async with pretended_kwin(address):
        with pytest.raises(ConnectionError):
            KWin(address, os.getppid())
