"""The shipped lists and the matcher of them, made once for every test that asks for them.

The lists are read from where editors change them, with their tests. The matcher is that of a device, made of
the same lists compiled, which `test_compiled.py` proves to be the same; anchors need not be chosen again.
"""

from functools import cache

from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import load_compiled, load_shipped
from lamplighter_keywords.terms import KeywordPack

from tests.support.sources import ROOT

LISTS = ROOT / "keyword_lists/lists"
THEMES = ROOT / "keyword_lists/themes.toml"


@cache
def shipped_pack() -> KeywordPack:
    return load_shipped()


@cache
def shipped_matcher() -> Matcher:
    return Matcher(load_compiled())
