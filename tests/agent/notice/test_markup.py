import html

from hypothesis import given
from hypothesis import strategies as st
from lamplighter_agent.notice.markup import escape


@given(st.text() | st.text(alphabet="<>&\"';ampltgquo#x27"))
def test_it_is_what_the_standard_library_makes_of_it(text: str) -> None:
    assert escape(text) == html.escape(text)
    assert html.unescape(escape(text)) == html.unescape(html.escape(text))
