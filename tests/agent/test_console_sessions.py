"""Which session is followed on a pretended Mac."""

import asyncio

from lamplighter_agent.backends.macos.console import Console, ConsoleSession
from lamplighter_agent.console_sessions import DISPLAY, ConsoleSessions
from lamplighter_agent.launching import Account

from tests.support.waiting import until

ANNA = Account(name="anna", uid=501, gid=20, groups=(20,), home="/Users/anna")
BEN = Account(name="ben", uid=502, gid=20, groups=(20,), home="/Users/ben")
AWAY = "switched away: rests until its person is back"


class Mac:
    """A pretended one, and who asks it."""

    def __init__(self) -> None:
        self.console = Console()
        self.told = 0
        self.languages: list[str] = []
        self.finder = ConsoleSessions(
            lambda: self.console,
            self._language,
            told=self._tell,
            account={one.uid: one for one in (ANNA, BEN)}.get,
            look_seconds=0.001,
        )

    def _language(self, account: Account) -> str:
        self.languages.append(account.name)
        return "pl-PL" if account is BEN else ""

    def _tell(self) -> None:
        self.told += 1

    def front(self, *sessions: tuple[int, Account, str]) -> None:
        self.console = Console(
            sessions=tuple(
                ConsoleSession(number=number, user=who.uid, left_out=why) for number, who, why in sessions
            )
        )


async def test_the_one_in_front_is_followed_with_its_person_and_language() -> None:
    mac = Mac()
    mac.front((7, BEN, ""), (8, ANNA, AWAY))
    (found,) = mac.finder.sessions()
    assert (found.display, found.login, found.account) == (DISPLAY, "7", BEN)
    assert found.environment == {"LANG": "pl-PL"}
    assert mac.finder.describe() == {
        "source": "macOS console",
        "reason": "",
        "left_out": [{"session": "8", "seat": "", "reason": AWAY}],
    }


async def test_a_person_s_language_is_asked_once_and_their_session_stays_the_same() -> None:
    mac = Mac()
    mac.front((7, BEN, ""))
    first = mac.finder.sessions()
    assert mac.finder.look() == first
    assert mac.finder.sessions()[0] is first[0]
    assert mac.languages == ["ben"]


async def test_fast_user_switching_is_a_change_and_what_is_left_out_is_told() -> None:
    mac = Mac()
    mac.front((7, ANNA, ""))
    mac.finder.sessions()
    changed = asyncio.create_task(mac.finder.changed())
    mac.front((7, ANNA, ""), (9, BEN, "a sign-in screen"))
    await until(lambda: mac.told == 1)
    assert not changed.done()
    mac.front((7, ANNA, AWAY), (9, BEN, ""))
    async with asyncio.timeout(20):
        await changed
    assert [one.account for one in mac.finder.sessions()] == [BEN]


async def test_what_was_seen_at_once_by_another_is_still_a_change() -> None:
    mac = Mac()
    mac.finder.sessions()
    mac.front((7, ANNA, ""))
    assert len(mac.finder.look()) == 1
    async with asyncio.timeout(20):
        await mac.finder.changed()


async def test_one_whose_user_nobody_knows_and_a_silent_system_are_said() -> None:
    mac = Mac()
    stranger = Account(name="x", uid=777, gid=20, groups=(), home="/")
    mac.front((7, stranger, ""))
    assert mac.finder.sessions() == ()
    (left,) = mac.finder.describe()["left_out"]
    assert "not known" in left["reason"]
    mac.console = Console(reason="nothing is told")
    assert mac.finder.sessions() == ()
    assert mac.finder.describe()["reason"] == "nothing is told"
