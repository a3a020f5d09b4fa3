"""Anchors lose nothing: what is found by them is what is found by every spelling."""

import hashlib
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from lamplighter_keywords.anchors import WORDING, Chooser, longest_part, with_anchors
from lamplighter_keywords.authoring.wording import Wording
from lamplighter_keywords.bundles.compiled import read_pack
from lamplighter_keywords.knowledge import Knowledge
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.reading.vocabulary import NO_WORDS, Vocabulary
from lamplighter_keywords.shipped import compiled_shipped
from lamplighter_keywords.terms import RUN_END, KeywordPack, ListedWords, Source, Term, UserKind

from tests.keywords.lists import pack_of, term

KNOWLEDGE = Knowledge(
    classes={"want": ("want to", "need to"), "lamp": ("lamp", "lantern", "light * up")},
    spellings={"wanna": "want to", "my self": "myself", "da": "the"},
    fillers=frozenset({"really", "so"}),
    harmless=("lamp post",),
    vocabulary=Vocabulary.of({"post", "lamps"}, {"lamp", "light"}),
)
# How texts of these kinds are written out when `WORDING` was raised last.
WRITTEN = {1: "20256ae087c8691a"}


def groups(one: Term, words: ListedWords | None) -> list[list[str]]:
    """Read the anchors of a term."""
    assert words is not None
    runs = words.numbered()
    return [[runs[number] for number in group] for group in one.anchors]


def anchored(*terms: Term) -> list[list[list[str]]]:
    pack, words = with_anchors(pack_of(*terms, knowledge=KNOWLEDGE))
    assert words.numbered() == sorted(set(words.numbered()))
    return [groups(one, words) for one in pack.lists[0].terms]


def holds_one(form: str, anchors: list[str]) -> bool:
    return any(f" {anchor} " in f" {form} " for anchor in anchors)


def unpadded(forms: tuple[bytes, ...]) -> list[str]:
    return [form.decode().strip() for form in forms]


def test_few_rare_words_stand_for_many_spellings() -> None:
    (one,) = anchored(term("(light|put out|hide) (a|the|my|his) (lantern|lampion)"))
    assert one == [["lampion", "lantern"]]


def test_a_text_in_few_spellings_is_its_own_anchor() -> None:
    (one,) = anchored(term("light (the|a) lamp"))
    assert one == [["light a lamp", "light the lamp"]]


def test_of_several_parts_the_rarest_leads() -> None:
    one, other = anchored(
        term("(lampion|flambeau)", "they", mode="all_of"), term("their", any_of=("lampion",))
    )
    assert one == [["flambeau", "lampion"], ["they"]]
    assert other == [["lampion"], ["their"]]


def test_a_pattern_and_what_nothing_is_left_of_have_none() -> None:
    pack, words = with_anchors(pack_of(term("lam+p", mode="regex"), term("...")))
    assert [one.anchors for one in pack.lists[0].terms] == [(), ()]
    assert words.words == frozenset()


def test_anchors_that_are_there_are_kept_and_others_added() -> None:
    pack, words = with_anchors(pack_of(term("lamp"), term("wanna light", term_id="t2"), knowledge=KNOWLEDGE))
    assert words.words == {"lamp", "want", "to", "wanna", "light"}
    again, same = with_anchors(pack)
    assert again is pack
    assert same is words
    (one,) = pack.lists
    more = replace(pack, lists=(replace(one, terms=(*one.terms, term("so dark", term_id="t3"))),))
    pack, words = with_anchors(more)
    assert [groups(one, words) for one in pack.lists[0].terms] == [
        [["lamp"]],
        [["wanna light", "want to light"]],
        [["so dark"]],
    ]
    assert words.words == {"lamp", "want", "to", "wanna", "light", "so", "dark"}
    assert words.keeps_fillers


@given(
    st.lists(
        st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6).map(" ".join), min_size=1, unique=True
    )
)
def test_every_form_holds_an_anchor(forms: list[str]) -> None:
    (anchors,) = Chooser(NO_WORDS).groups([forms])
    assert all(holds_one(form, anchors) for form in forms)
    assert len(anchors) <= len(forms)
    assert anchors == sorted(set(anchors))


TEXTS = st.sampled_from(
    [
        "(light|hide|take) (a|the|my) (lamp|lantern)",
        "{want} (light|hide) (the|da|) {lamp}",
        "light * (lamp|lantern)",
        "(dark|night)(ly|)",
        "hide my self",
        "so dark",
        "lamp",
    ]
)
TERMS = st.builds(
    lambda texts, mode, exceptions, any_of: term(*texts, mode=mode, exceptions=exceptions, any_of=any_of),
    st.lists(TEXTS, min_size=1, max_size=3, unique=True),
    st.sampled_from(["phrase", "stem", "all_of"]),
    st.sampled_from([(), ("the lamp light", "hide my lamp post")]),
    st.sampled_from([(), ("(night|nightly)", "now")]),
)
WORDS = [
    "light",
    "lights",
    "hide",
    "the",
    "da",
    "my",
    "self",
    "lamp",
    "l4mp",
    "lamps",
    "lantern",
    "lantren",
    "so",
]
WORDS += [
    "want",
    "to",
    "wanna",
    "dark",
    "night",
    "nightly",
    "post",
    "up",
    "really",
    "now",
    "h i d e",
    "x\b",
    "lampp",
]


def whole_spellings(pack: KeywordPack) -> KeywordPack:
    """Give each term every one of its spellings as an anchor, and nothing else."""
    wording = Wording(pack.knowledge)
    (one,) = pack.lists
    terms, runs = list[Term](), list[str]()
    for listed in one.terms:
        spellings = dict.fromkeys(map(longest_part, wording.searched(listed)))
        numbers = range(len(runs), len(runs) + len(spellings))
        terms.append(replace(listed, anchors=(numbers,) if spellings else ()))
        runs += spellings
    assert pack.words
    words = replace(pack.words, runs=RUN_END.join(runs))
    return replace(pack, lists=(replace(one, terms=tuple(terms)),), words=words)


# Each makes two matchers.
@settings(max_examples=40, deadline=None)
@given(
    st.lists(TERMS, min_size=1, max_size=3),
    st.lists(st.lists(st.sampled_from(WORDS), max_size=14), max_size=8),
)
def test_by_anchors_is_found_what_every_spelling_finds(terms: list[Term], texts: list[list[str]]) -> None:
    terms = [replace(one, id=f"t{nth}") for nth, one in enumerate(terms)]
    pack, _ = with_anchors(pack_of(*terms, knowledge=KNOWLEDGE))
    few, all_of_them = Matcher(pack, room=20), Matcher(whole_spellings(pack))
    for text, source in product(map(" ".join, texts), (Source.TYPED, Source.WINDOW_TITLE)):
        found = [one.match(text, source=source, user_kind=UserKind.PUPIL) for one in (few, all_of_them)]
        assert found[0] == found[1]
        assert few.left_out(text) == all_of_them.left_out(text)


def test_the_anchors_of_the_shipped_lists_cover_every_spelling() -> None:
    pack = read_pack(compiled_shipped())
    assert pack.words
    runs = pack.words.numbered()
    assert runs == sorted(set(runs))
    wording = Wording(pack.knowledge)
    for one in pack.lists:
        wording.language = one.language
        for listed in one.terms[::12]:
            anchors = [[runs[number] for number in group] for group in listed.anchors]
            parts = [wording.searched(listed)]
            parts += [unpadded(part) for part in (*wording.others(listed), wording.required(listed))]
            covered = [
                all(holds_one(longest_part(form), group) for form in part)
                for part in parts
                for group in anchors
            ]
            assert not parts[0] or sum(covered) >= len(anchors), listed.id


def test_whoever_changes_how_texts_are_written_out_raises_wording() -> None:
    wording = Wording(KNOWLEDGE)
    texts = [
        "(light|put ou(t|ts)) {lamp} da (lamp|)",
        "wanna {want} hide my self",
        "so really dark",
        "Łamp-pöst * it's",
    ]
    texts += ["light the lamp", "stab", "go out", "ĽÄMP л\u0430мпа مصباح দীপ", "da", "put * out * now"]
    forms = [form for text in texts for stem in (False, True) for form in wording.forms(text, stem=stem)]
    digest = hashlib.sha256("\n".join(forms).encode()).hexdigest()[:16]
    assert {WORDING: digest} == WRITTEN, "raise WORDING, and put the new digest here"
