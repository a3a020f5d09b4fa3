"""What macOS would be told of a dialog, and what its answers mean; nobody shows one here."""

import plistlib
from dataclasses import dataclass, field
from typing import Any

import pytest
from lamplighter_agent.backends.dialog_port import Button, DialogEnd, DialogWords
from lamplighter_agent.backends.macos.alerts import LINE_LIMIT, NO_BUTTON, PLAIN, AlertDialog
from lamplighter_agent.errors import BackendUnavailable

pytestmark = pytest.mark.notice
QUESTION = DialogWords(title="Help", text="Do you want help?", ok="Yes", cancel="No", other="Else", seconds=9)
LINE = DialogWords(title="Code", text="Enter it", ok="OK", cancel="Close", line=True)
CHOICE = DialogWords(title="Why", text="Why?", ok="Send", cancel="Close", options=("work", "school"))


@dataclass
class PretendedAlert:
    """Fills `RawAlert` and remembers what it was shown with."""

    response: int | None = None
    fields: bytes | None = None
    contents: list[dict[str, object]] = field(default_factory=list)
    style: tuple[int, int] = (0, 0)
    gone: int = 0

    def __call__(self, content: bytes, *, flags: int, seconds: int) -> "PretendedAlert":
        self.style = flags, seconds
        self.update(content)
        return self

    def receive(self, seconds: float) -> int | None:
        return self.response

    def entered(self) -> bytes | None:
        return self.fields

    def update(self, content: bytes) -> None:
        self.contents.append(plistlib.loads(content))

    def cancel(self) -> None:
        self.gone += 1


def test_a_question_has_its_three_buttons_and_goes_away_in_time() -> None:
    alert = PretendedAlert()
    dialog = AlertDialog(QUESTION, alert)
    assert alert.contents == [
        {
            "AlertHeader": "Help",
            "AlertMessage": "Do you want help?",
            "AlertTopMost": True,
            "DefaultButtonTitle": "Yes",
            "AlternateButtonTitle": "No",
            "OtherButtonTitle": "Else",
        }
    ]
    assert alert.style == (PLAIN, 9)
    assert dialog.wait(0.1) is None
    dialog.take_away()
    assert alert.gone == 1


@pytest.mark.parametrize(
    ("response", "button"),
    [(0, Button.OK), (1, Button.CANCEL), (2, Button.OTHER), (3, Button.CLOSED), (0x103, Button.CLOSED)],
)
def test_the_lowest_two_bits_say_the_button(response: int, button: Button) -> None:
    dialog = AlertDialog(QUESTION, PretendedAlert(response))
    assert dialog.wait(0.1) == DialogEnd(button=button)


def test_a_choice_is_one_of_those_that_are_there() -> None:
    alert = PretendedAlert(1 << 24)
    dialog = AlertDialog(CHOICE, alert)
    assert alert.contents[0]["PopUpTitles"] == ["work", "school"]
    assert dialog.wait(0.1) == DialogEnd(button=Button.OK, option=1)
    alert.response = 7 << 24
    assert dialog.wait(0.1) == DialogEnd(button=Button.CLOSED)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"TextFieldValues": [" 48 12 "]}, "48 12"),
        ({"TextFieldValues": "48"}, "48"),
        ({"TextFieldValues": ["x" * 9999]}, "x" * LINE_LIMIT),
        ({"TextFieldValues": []}, ""),
        ({"TextFieldValues": [7]}, ""),
        ({}, ""),
        ([], ""),
    ],
)
def test_a_line_is_what_stands_in_its_field(fields: dict[str, Any] | list[Any], line: str) -> None:
    dialog = AlertDialog(LINE, PretendedAlert(0, plistlib.dumps(fields)))
    assert dialog.wait(0.1) == DialogEnd(button=Button.OK, line=line)


@pytest.mark.parametrize("fields", [None, b"", b"rubbish", b"<plist><dict>"])
def test_a_field_that_can_not_be_read_is_empty(fields: bytes | None) -> None:
    assert AlertDialog(LINE, PretendedAlert(0, fields)).wait(0.1) == DialogEnd(button=Button.OK)


def test_a_bar_has_no_button_and_moves_only_when_it_is_told_something_new() -> None:
    alert = PretendedAlert()
    dialog = AlertDialog(DialogWords(title="Check", text="A stick", bar=True), alert)
    for percent in (0, 42, 42, 900):
        dialog.show_percent(percent)
    assert [content["ProgressIndicatorValue"] for content in alert.contents] == [0.0, 0.42, 1.0]
    assert alert.style == (PLAIN | NO_BUTTON, 0)
    assert "DefaultButtonTitle" not in alert.contents[0]


def test_where_nobody_shows_it_that_is_an_error_with_a_remedy() -> None:
    def none(content: bytes, *, flags: int, seconds: int) -> PretendedAlert:
        raise OSError(1102, "no dialog is shown")

    with pytest.raises(BackendUnavailable, match="macOS shows none"):
        AlertDialog(QUESTION, none)
