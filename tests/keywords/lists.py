"""Small packs for tests, about lamps rather than about anything that hurts."""

from lamplighter_keywords.knowledge import EMPTY_KNOWLEDGE, Knowledge
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.terms import (
    ALL_SCOPES,
    ALL_USER_KINDS,
    KEY_STAGES,
    KeywordList,
    KeywordPack,
    Lowers,
    Mode,
    Raises,
    Requires,
    RiskArea,
    Scope,
    Term,
    Theme,
    UserKind,
)


def theme(slug: str, *, core: bool) -> Theme:
    return Theme(
        slug=slug,
        code=slug[:3].upper(),
        name=slug,
        risk_area=RiskArea.CONDUCT,
        definition="For tests.",
        base_severity=3,
        core=core,
        route="dsl",
    )


def themes() -> dict[str, Theme]:
    return {slug: theme(slug, core=slug == "core-theme") for slug in ("core-theme", "other-theme")}


def term(
    *text: str,
    mode: str = "phrase",
    term_id: str = "t1",
    severity: int = 3,
    exceptions: tuple[str, ...] = (),
    any_of: tuple[str, ...] = (),
    within: int | None = None,
    sources: frozenset[Scope] = ALL_SCOPES,
    user_kinds: frozenset[UserKind] = ALL_USER_KINDS,
    key_stages: frozenset[str] = KEY_STAGES,
    lowers: Lowers | None = None,
    raises: Raises | None = None,
) -> Term:
    return Term(
        id=term_id,
        text=text,
        match=Mode(mode),
        severity=severity,
        exceptions=exceptions,
        requires=Requires(any_of=any_of, within=within or 8) if any_of or within else None,
        sources=sources,
        user_kinds=user_kinds,
        key_stages=key_stages,
        lowers=lowers,
        raises=raises,
    )


def pack_of(*terms: Term, theme: str = "core-theme", knowledge: Knowledge = EMPTY_KNOWLEDGE) -> KeywordPack:
    made = KeywordList(
        id="l1", theme=theme, language="en", terms=terms, file="l1.toml", version="7", speaker_reviewed=True
    )
    return KeywordPack(lists=(made,), themes=themes(), knowledge=knowledge)


def matcher_of(*terms: Term, theme: str = "core-theme", knowledge: Knowledge = EMPTY_KNOWLEDGE) -> Matcher:
    return Matcher(pack_of(*terms, theme=theme, knowledge=knowledge))
