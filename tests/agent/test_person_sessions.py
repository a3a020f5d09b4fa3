"""Which sessions the launcher follows on a pretended Windows."""

import asyncio
from dataclasses import dataclass

from lamplighter_agent.backends.windows.person_session import number_of
from lamplighter_agent.person_sessions import PersonSessions, number_in

from tests.support.waiting import until

ANNA, BEN = "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002"
STAFF = "S-1-5-21-1-2-3-2001"


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    number: int
    user: str
    name: str = ""
    groups: tuple[str, ...] = ()
    language: str = ""


class Device:
    """Its sessions, and the word of its service manager."""

    def __init__(self, *people: Person) -> None:
        self.people = list(people)
        self.told = asyncio.Event()
        self.asked = 0

    def find(self) -> list[Person]:
        self.asked += 1
        return list(self.people)


async def test_each_session_has_its_number_and_its_user() -> None:
    device = Device(Person(1, ANNA), Person(3, BEN))
    found = PersonSessions(device.find, device.told).sessions()
    assert [number_in(one) for one in found] == [1, 3]
    assert [one.account.uid for one in found] == [number_of(ANNA), number_of(BEN)]
    assert len({one.key for one in found}) == 2


async def test_an_account_has_the_name_that_people_call_it_by_and_its_groups() -> None:
    device = Device(Person(1, ANNA, "SCHOOL\\anna", (STAFF,)), Person(3, BEN))
    found = [one.account for one in PersonSessions(device.find, device.told).sessions()]
    assert [one.name for one in found] == ["SCHOOL\\anna", BEN]
    assert [one.groups for one in found] == [(number_of(STAFF),), ()]


async def test_news_that_change_nothing_are_none_and_a_sign_in_is_one() -> None:
    device = Device(Person(1, ANNA))
    finder = PersonSessions(device.find, device.told)
    finder.sessions()
    changed = asyncio.create_task(finder.changed())
    await until(lambda: device.asked == 2)
    device.told.set()
    await until(lambda: device.asked == 3)
    assert not changed.done()
    device.people.append(Person(2, BEN))
    device.told.set()
    await asyncio.wait_for(changed, 5)
    assert [number_in(one) for one in finder.sessions()] == [1, 2]


async def test_a_session_that_changed_hands_is_another_one_even_where_nobody_told() -> None:
    device = Device(Person(1, ANNA))
    finder = PersonSessions(device.find, device.told, look_seconds=0.01)
    (before,) = finder.sessions()
    changed = asyncio.create_task(finder.changed())
    device.people[:] = [Person(1, BEN)]
    await asyncio.wait_for(changed, 5)
    (after,) = finder.sessions()
    assert before.key != after.key


async def test_a_session_speaks_its_person_s_language_where_that_is_known() -> None:
    device = Device(Person(1, ANNA, language="cy-GB"), Person(3, BEN))
    found = PersonSessions(device.find, device.told).sessions()
    assert [dict(one.environment) for one in found] == [{"LANG": "cy-GB"}, {}]
