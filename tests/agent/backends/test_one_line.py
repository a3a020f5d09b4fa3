"""Words from elsewhere on one line."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.backends.one_line import one_line


@given(words=st.text(max_size=400))
def test_no_control_characters_and_single_spaces(words: str) -> None:
    shown = one_line(words)
    assert shown == " ".join(shown.split())
    assert not any(unicodedata.category(char).startswith("C") for char in shown)
