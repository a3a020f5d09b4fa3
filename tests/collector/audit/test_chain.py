from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_collector.audit.chain import (
    START,
    Anchor,
    Finding,
    Link,
    RowUnreadable,
    anchor_from,
    follow,
    hash_of,
)

KEY = b"a key of the key ring"


def trail(length: int) -> list[Link]:
    links: list[Link] = []
    for number in range(1, length + 1):
        previous = links[-1].hash if links else START
        link = Link("Marrowby Vale School", number, 5, "wren", "dsl", "words-shown", "x", None, previous, "")
        links.append(link._replace(hash=hash_of(link, KEY)))
    return links


def verdict(links: list[Link], sound: list[Link]) -> Finding:
    return follow(links, key=KEY, last=len(sound), last_hash=sound[-1].hash if sound else START)


def test_an_untouched_trail_is_sound() -> None:
    for length in (0, 1, 7):
        assert verdict(trail(length), trail(length)) == Finding(
            rows=length, hash=trail(length)[-1].hash if length else START
        )


def test_the_hash_covers_every_field() -> None:
    (link,) = trail(1)
    other = Link("Elsewhere", 2, 6, "robin", "head", "decided", "y", b"z", "q", link.hash)
    changed = [link._replace(**{name: getattr(other, name)}) for name in Link._fields if name != "hash"]
    assert len({hash_of(one, KEY) for one in [link, *changed]}) == len(Link._fields)


def test_the_hash_of_today_stays_the_hash() -> None:
    name = "wr\N{LATIN SMALL LETTER E WITH ACUTE}n"
    link = Link("Marrowby Vale School", 1, 5, name, "", "v", "o", b"\1", "", "")
    assert hash_of(link, KEY) == "054dfc36f6556adb153b452b04872fd0585ebad2eab71c963e041dd0ae3a8ce8"


@given(st.data(), st.integers(2, 8))
def test_what_was_taken_out_moved_or_put_in_is_named(data: st.DataObject, length: int) -> None:
    sound = trail(length)
    at = data.draw(st.integers(0, length - 1))
    without = [*sound[:at], *sound[at + 1 :]]
    assert verdict(without, sound).bad == at + 1
    twice = [*sound[: at + 1], *sound[at:]]
    assert verdict(twice, sound).bad == at + 2
    if at:
        swapped = list(sound)
        swapped[at - 1] = sound[at]._replace(number=at)
        swapped[at] = sound[at - 1]._replace(number=at + 1)
        assert verdict(swapped, sound).bad == at


@pytest.mark.fault
@pytest.mark.parametrize("odd", [None, 5, 5.0, 10**30, float("inf"), b"x", "x", "\udcff"])
@pytest.mark.parametrize("name", Link._fields)
def test_a_value_of_any_kind_is_named(name: str, odd: Any) -> None:
    sound = trail(3)
    changed = list(sound)
    changed[1] = sound[1]._replace(**{name: odd})
    untouched = getattr(sound[1], name) == odd and type(getattr(sound[1], name)) is type(odd)
    assert verdict(changed, sound).bad == (None if untouched else 2)


@pytest.mark.fault
def test_an_end_of_another_kind_is_named() -> None:
    sound = trail(2)
    for odd in (None, "2", b"2", 2.5):
        assert follow(sound, key=KEY, last=odd, last_hash=sound[-1].hash).bad == 2
        assert follow(sound, key=KEY, last=2, last_hash=odd).bad == 2


@pytest.mark.fault
def test_a_row_that_can_not_be_read_is_named() -> None:
    sound = trail(3)

    def damaged() -> Iterator[Link]:
        yield sound[0]
        raise RowUnreadable

    assert follow(damaged(), key=KEY, last=3, last_hash="") == Finding(
        rows=1, bad=2, problem="can't be read", hash=sound[0].hash
    )


def test_the_end_is_noted() -> None:
    sound = trail(3)
    assert follow(sound, key=KEY, last=2, last_hash=sound[1].hash).bad == 3
    assert follow(sound, key=KEY, last=3, last_hash="other").bad == 3
    assert follow([], key=KEY, last=1, last_hash="other").bad == 1


@pytest.mark.fault
def test_a_chain_that_was_made_anew_without_the_key_is_named() -> None:
    sound, made = trail(3), list[Link]()
    for link in sound:
        anew = link._replace(object="another", previous=made[-1].hash if made else START, hash="")
        made.append(anew._replace(hash=hash_of(anew, b"")))
    finding = follow(made, key=KEY, last=3, last_hash=made[-1].hash)
    assert (finding.bad, finding.problem) == (1, "was changed")


@pytest.mark.fault
def test_a_row_that_was_noted_must_be_there() -> None:
    sound = trail(4)

    def since(links: list[Link], anchor: Anchor) -> tuple[int | None, str]:
        finding = follow(links, key=KEY, last=len(links), last_hash=links[-1].hash, since=anchor)
        return finding.bad, finding.problem

    for link in sound:
        assert since(sound, Anchor(link.number, link.hash)) == (None, "")
        assert since(sound, Anchor(link.number, link.hash[:16])) == (None, "")
    assert since(sound[:3], Anchor(4, sound[3].hash)) == (4, "is missing")
    assert since(sound, Anchor(2, sound[2].hash)) == (2, "is not the one that was noted")


def test_what_was_noted_is_a_number_and_a_hash() -> None:
    assert anchor_from(f" 12:{'A' * 64}\n") == Anchor(12, "a" * 64)
    for text in ("", "12", "12:", "0:" + "a" * 64, "12:" + "a" * 15, "12:" + "g" * 64, "-1:" + "a" * 64):
        assert anchor_from(text) is None
