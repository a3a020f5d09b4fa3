from lamplighter_collector.web.arithmetic import reason_words, what_moved
from lamplighter_keywords.judging.contexts import CONTEXTS


def test_every_context_of_the_matcher_has_its_words() -> None:
    for context in CONTEXTS:
        assert "_" not in reason_words(f"context {context}")
        assert "(" not in reason_words(f"context {context}")


def test_an_unknown_reason_is_shown_as_it_came() -> None:
    assert reason_words("something new") == "something new"
    assert reason_words("context new") == "of the words around it (new)"


def test_the_term_alone_moved_nothing() -> None:
    assert what_moved((("term", 4),)) == ""
    assert what_moved(()) == ""
