"""What virtual keys mean, and how accents meet their letters."""

import pytest
from lamplighter_agent.backends.ports import KeyKind
from lamplighter_agent.backends.windows import key_meaning as keys
from lamplighter_agent.backends.windows.key_meaning import DeadKeys, Modifiers, Surrogates, classify


def held(*down: int) -> Modifiers:
    modifiers = Modifiers()
    for key in down:
        modifiers.press(key)
    return modifiers


@pytest.mark.parametrize(
    ("key", "text", "down", "kind"),
    [
        (ord("A"), "a", (), KeyKind.TEXT),
        (ord("A"), "A", (keys.LEFT_SHIFT,), KeyKind.TEXT),
        (ord("A"), "ą", (keys.LEFT_CONTROL, keys.RIGHT_ALT), KeyKind.TEXT),
        (keys.PACKET, "й", (), KeyKind.TEXT),
        (keys.BACK, "\b", (), KeyKind.BACKSPACE),
        (keys.BACK, "\x7f", (keys.RIGHT_CONTROL,), KeyKind.DELETE_WORD),
        (ord("W"), "\x17", (keys.LEFT_CONTROL,), KeyKind.DELETE_WORD),
        (ord("M"), "\r", (keys.LEFT_CONTROL,), KeyKind.ENTER),
        (keys.RETURN, "\r", (), KeyKind.ENTER),
        (keys.TAB, "\t", (), KeyKind.MOVE),
        (0x25, "", (), KeyKind.MOVE),
        (0x70, "", (), KeyKind.MOVE),
        (ord("F"), "f", (keys.LEFT_ALT,), KeyKind.MOVE),
        (ord("C"), "\x03", (keys.LEFT_CONTROL,), KeyKind.MOVE),
        (ord("R"), "r", (keys.LEFT_WIN,), KeyKind.MOVE),
        (ord("W"), "", (keys.LEFT_WIN, keys.LEFT_CONTROL), KeyKind.MOVE),
        (ord("Q"), "", (keys.LEFT_CONTROL, keys.LEFT_ALT), KeyKind.MOVE),
    ],
)
def test_keys_that_mean_something(key: int, text: str, down: tuple[int, ...], kind: KeyKind) -> None:
    assert classify(key, text, held(*down)) == (kind, text if kind is KeyKind.TEXT else "")


@pytest.mark.parametrize("key", [*keys.MODIFIERS, 0xAF, keys.PACKET], ids=hex)
def test_keys_that_mean_nothing_by_themselves(key: int) -> None:
    assert classify(key, "", Modifiers()) is None


def test_states_name_side_and_kind_of_what_is_held() -> None:
    states = held(keys.RIGHT_SHIFT, keys.CAPITAL).states()
    assert len(states) == 256
    assert {number for number, state in enumerate(states) if state & 0x80} == {keys.SHIFT, keys.RIGHT_SHIFT}
    assert states[keys.CAPITAL] == 1


def test_a_toggle_pressed_twice_and_a_release_leave_nothing() -> None:
    modifiers = held(keys.CAPITAL, keys.CAPITAL, keys.LEFT_SHIFT, keys.LEFT_WIN)
    modifiers.release(keys.LEFT_SHIFT)
    assert modifiers.windows
    modifiers.release(keys.LEFT_WIN)
    assert modifiers.states() == bytes(256)


def test_reset_takes_only_what_is_a_modifier() -> None:
    modifiers = held(keys.LEFT_CONTROL)
    modifiers.reset({keys.LEFT_ALT, ord("A")}, {keys.CAPITAL, ord("B")})
    assert modifiers.alt
    assert not modifiers.control
    assert modifiers.states()[ord("A")] == 0


@pytest.mark.parametrize(
    ("presses", "text"),
    [
        ([(-1, "´"), (1, "e")], "é"),
        ([(-1, "^"), (1, "A")], "Â"),
        ([(-1, "¨"), (1, "i")], "ï"),
        ([(-1, "ˇ"), (1, "c")], "č"),
        ([(-1, "¸"), (1, "s")], "ş"),
        ([(-1, "'"), (1, "x")], "'x"),
        ([(-1, "`"), (1, " "), (1, "a")], "`a"),
        ([(-1, "´"), (-1, "´"), (1, "e")], "´´e"),
        ([(-1, "\u0384"), (1, "α")], "ά"),
        ([(-1, "?"), (1, "o")], "?o"),
        ([(-1, "~"), (0, ""), (1, "n")], "ñ"),
        ([(2, "ch"), (1, "e")], "che"),
    ],
)
def test_an_accent_meets_its_letter(presses: list[tuple[int, str]], text: str) -> None:
    dead = DeadKeys()
    assert "".join(dead.text(count, given) for count, given in presses) == text


def test_an_accent_is_forgotten_when_the_insertion_point_moves() -> None:
    dead = DeadKeys()
    dead.text(-1, "´")
    dead.clear()
    assert dead.text(1, "e") == "e"


def test_halves_of_a_character_are_joined() -> None:
    units = Surrogates()
    assert [units.text(unit) for unit in (0xD83D, 0xDE00, ord("a"), 0xDE00, 0xD83D, ord("b"))] == [
        "",
        "\U0001f600",
        "a",
        "",
        "",
        "b",
    ]
