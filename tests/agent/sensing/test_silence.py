from lamplighter_agent.sensing.silence import ACTIVE_LOOKS, LOOK_SECONDS, TELL_EVERY, Silence

TYPING = 100
PAUSE = int(LOOK_SECONDS * 1000)


def records(silence: Silence, looks: int, *, idle_ms: int | None = TYPING, since: float = 0) -> int:
    """How many records so many looks make, with no event at all."""
    times = (since + number * LOOK_SECONDS for number in range(looks))
    return sum(silence.look(idle_ms=idle_ms, events=0, now=now) for now in times)


def test_a_minute_of_typing_without_an_event_is_one_record_an_hour() -> None:
    silence = Silence()
    assert records(silence, ACTIVE_LOOKS) == 0
    assert records(silence, 1) == 1
    hour = int(TELL_EVERY / LOOK_SECONDS) - 1
    assert records(silence, hour, since=LOOK_SECONDS) == 0
    assert records(silence, ACTIVE_LOOKS, since=TELL_EVERY + LOOK_SECONDS) == 1


def test_pauses_and_a_keyboard_nobody_can_ask_are_no_silence() -> None:
    assert records(Silence(), 100, idle_ms=PAUSE) == 0
    assert records(Silence(), 100, idle_ms=None) == 0


def test_any_event_ends_it() -> None:
    silence = Silence()
    for number in range(100):
        assert not silence.look(idle_ms=TYPING, events=number // 5, now=number * LOOK_SECONDS)
