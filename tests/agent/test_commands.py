"""What `status` tells people, and which verbs there are."""

import re

from lamplighter_agent.commands import app, worded

from tests.support.sources import ROOT


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


def test_the_manual_page_has_each_verb() -> None:
    page = (ROOT / "installers/linux/agent/lamplighter-agent.8").read_text(encoding="utf-8")
    named = set(re.findall(r"^\.TP\n\.B (\S+)$", page, re.MULTILINE))
    shown = {str(one.name) for one in app.registered_commands if not one.hidden and one.name}
    assert shown >= {"doctor", "enrol-later", "erase"}
    assert {one.replace("\\-", "-") for one in named} >= shown | {"service"}
