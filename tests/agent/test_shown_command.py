"""The verbs that show one thing: where nothing can be shown no exit code means an answer."""

import subprocess
import sys

import pytest
from lamplighter_agent.backends.asked import UNSHOWN, Asked, argument_of

pytestmark = pytest.mark.notice
GOOD = argument_of(Asked(title="A", text="B", buttons=("Yes", "No")))


@pytest.mark.parametrize(
    "words",
    [("ask", GOOD), ("ask", "{}"), ("ask",), ("ask", GOOD, GOOD), ("page", "a.html"), ("page",)],
)
def test_what_could_not_be_shown_is_no_answer(words: tuple[str, ...]) -> None:
    # Only Windows has its dialogs.
    done = subprocess.run(
        [sys.executable, "-I", "-m", "lamplighter_agent", *words], check=False, capture_output=True
    )
    assert done.returncode == UNSHOWN
    assert done.stdout == b""
