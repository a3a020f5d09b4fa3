"""What a shell says of its overview and lock screen, over a real message bus, and what is no word of it."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from dbus_fast import Variant
from dbus_fast.aio import MessageBus
from lamplighter_agent.backends.linux._dbus import PROPERTIES
from lamplighter_agent.backends.linux._gnome_shell import LOCK, LOCK_PATH, NAME, SHELL, GnomeShell
from lamplighter_agent.backends.linux._xstrip import Hidden

from tests.support.pretended_shell import PretendedShell, pretended_shell
from tests.support.sensed import eventually
from tests.support.shell_word import says

pytestmark = pytest.mark.notice


@pytest_asyncio.fixture
async def shell(address: str) -> AsyncIterator[PretendedShell]:
    async with pretended_shell(address) as shell:
        yield shell


@pytest.fixture
def word(address: str, shell: PretendedShell) -> Iterator[GnomeShell]:
    word = GnomeShell(address, os.getpid())
    yield word
    word.close()


async def test_until_it_has_said_both_the_strip_counts_as_hidden(address: str) -> None:
    async with pretended_shell(address) as shell:
        shell.answers = False
        word = GnomeShell(address, os.getpid())
        assert word.hides() is Hidden.UNTOLD
        # One of two is not enough.
        await shell.lock(locked=False)
        await eventually(word.take, "the signal")
        assert word.hides() is Hidden.UNTOLD
        await shell.show_overview(shown=False)
        await says(word, None)
        word.close()


async def test_overview_and_lock_screen_are_told_as_they_come_and_go(
    word: GnomeShell, shell: PretendedShell
) -> None:
    await says(word, None)
    await shell.show_overview(shown=True)
    await says(word, Hidden.OVERVIEW)
    await shell.lock(locked=True)
    await says(word, Hidden.LOCKED)
    await shell.show_overview(shown=False)
    await shell.lock(locked=False)
    await says(word, None)


@pytest.mark.parametrize(
    ("overview", "locked", "hidden"),
    [(True, False, Hidden.OVERVIEW), (False, True, Hidden.LOCKED), (False, False, None)],
)
async def test_what_was_there_before_is_asked(
    address: str,
    shell: PretendedShell,
    overview: bool,  # noqa: FBT001
    locked: bool,  # noqa: FBT001
    hidden: Hidden | None,
) -> None:
    shell.overview, shell.locked = overview, locked
    word = GnomeShell(address, os.getpid())
    await says(word, hidden)
    word.close()


async def test_a_session_that_can_t_be_locked_has_no_lock_screen(address: str) -> None:
    async with pretended_shell(address, lockable=False):
        word = GnomeShell(address, os.getpid())
        await says(word, None)
        word.close()


async def test_another_program_s_word_is_none(address: str, word: GnomeShell, shell: PretendedShell) -> None:
    await shell.show_overview(shown=True)
    await says(word, Hidden.OVERVIEW)
    stranger = PretendedShell(await MessageBus(bus_address=address).connect())
    await stranger.show_overview(shown=False)
    # A word of the shell's own, after which the stranger's has come, too.
    await shell.lock(locked=True)
    await says(word, Hidden.LOCKED)
    await shell.lock(locked=False)
    await says(word, Hidden.OVERVIEW)
    await stranger.leave()


async def test_what_is_no_truth_value_is_nothing_said(word: GnomeShell, shell: PretendedShell) -> None:
    await says(word, None)
    for signature, body in (("sa{sv}as", [NAME, {"OverviewActive": Variant("s", "no")}, []]), ("s", [NAME])):
        await shell.tell(SHELL, PROPERTIES, "PropertiesChanged", signature, body)
    await says(word, Hidden.UNTOLD)
    await shell.show_overview(shown=False)
    await says(word, None)
    await shell.tell(LOCK_PATH, LOCK, "ActiveChanged", "bb", [False, True])
    await says(word, Hidden.UNTOLD)


async def test_an_answer_that_is_no_truth_value_is_nothing_said(address: str, shell: PretendedShell) -> None:
    shell.says = Variant("s", "no")
    word = GnomeShell(address, os.getpid())
    await eventually(word.take, "an answer")
    assert word.hides() is Hidden.UNTOLD
    word.close()


async def test_when_it_leaves_the_bus_it_is_gone(word: GnomeShell, shell: PretendedShell) -> None:
    await says(word, None)
    await shell.leave()
    with pytest.raises(ConnectionError):
        await says(word, Hidden.UNTOLD)


async def test_only_the_process_whose_windows_are_shown_is_asked(address: str) -> None:
    with pytest.raises(ConnectionError):
        GnomeShell(address, os.getpid())
    async with pretended_shell(address):
        with pytest.raises(ConnectionError):
            GnomeShell(address, os.getppid())
    with pytest.raises(ConnectionError):
        GnomeShell("", os.getpid())
