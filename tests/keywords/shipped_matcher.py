"""The shipped lists and the matcher of them, made once for every test that asks for them."""

from functools import cache

from lamplighter_keywords.authoring.loading import load_folder, load_themes
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import shipped_knowledge
from lamplighter_keywords.terms import KeywordPack

from tests.support.sources import ROOT

LISTS = ROOT / "keyword_lists/lists"
THEMES = ROOT / "keyword_lists/themes.toml"


@cache
def shipped_pack() -> KeywordPack:
    return load_folder(LISTS, load_themes(THEMES), shipped_knowledge())


@cache
def shipped_matcher() -> Matcher:
    return Matcher(shipped_pack())
