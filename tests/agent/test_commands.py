"""What `status` tells people."""

from lamplighter_agent.commands import worded


def test_figures_are_said_in_words() -> None:
    figures = {
        "set_aside": 0,
        "key": "file",
        "locked": True,
        "ended": None,
        "counts": {"sent": 2},
        "problem": "",
    }
    assert worded(figures) == "counts (sent 2), ended none, key file, locked yes, problem none, set aside 0"
    assert worded({}) == ""
    assert worded({"counts": {}}) == "counts none"
