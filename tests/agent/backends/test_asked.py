"""What a process that shows a dialog is told, and what its exit code says."""

import pytest
from lamplighter_agent.backends.asked import (
    BUTTONS,
    CLOSED,
    OPTIONS,
    UNSHOWN,
    Asked,
    argument_of,
    asked_of,
    chosen,
    status_of,
    was_shown,
)

ASKED = Asked(title='\u00dcnser "A" \\ Titel', text="One\n\ntwo \u0639", buttons=("Yes", "No", "More"))
FORM = Asked(title="A", text="B", buttons=("OK", "Cancel"), options=("a", "b"), right_to_left=True)


@pytest.mark.parametrize("asked", [ASKED, FORM])
def test_the_words_come_through_a_command_line_as_they_were(asked: Asked) -> None:
    argument = argument_of(asked)
    assert argument.isascii()
    assert asked_of(argument) == asked


@pytest.mark.parametrize("argument", ["", "{", "{}", "[]", '{"title": "A", "unknown": 1}', "1"])
def test_anything_else_is_no_question(argument: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        asked_of(argument)


@pytest.mark.parametrize(
    ("asked", "button", "option", "status"),
    [
        (ASKED, 0, None, BUTTONS),
        (ASKED, 1, None, BUTTONS + 1),
        (ASKED, 2, None, BUTTONS + 2),
        (ASKED, None, None, CLOSED),
        (FORM, 0, 1, OPTIONS + 1),
        # Nothing was chosen, or it was taken back.
        (FORM, 0, None, CLOSED),
        (FORM, 1, 1, BUTTONS + 1),
    ],
)
def test_each_end_has_a_status_of_its_own(
    asked: Asked, button: int | None, option: int | None, status: int
) -> None:
    assert status_of(asked, button, option) == status


@pytest.mark.parametrize("code", [0, 1, 2, 9, 143, UNSHOWN, CLOSED, 0xC0000005, -1073741819])
def test_no_other_end_of_a_process_is_taken_for_a_choice(code: int) -> None:
    assert chosen(code, 3, BUTTONS) is None
    assert chosen(code, 9, OPTIONS) is None


def test_a_button_that_was_not_there_is_no_choice() -> None:
    assert chosen(BUTTONS + 2, 2, BUTTONS) is None
    assert chosen(BUTTONS + 1, 2, BUTTONS) == 1


@pytest.mark.parametrize("code", [UNSHOWN, 0xC0000005, -1073741819])
def test_what_fell_over_was_not_shown(code: int) -> None:
    assert not was_shown(code)


@pytest.mark.parametrize("code", [CLOSED, 0, 1])
def test_what_was_closed_or_ended_was(code: int) -> None:
    assert was_shown(code)
