"""Keys, roots and bundles for tests. Every key is made from a number, so that failures can be repeated."""

from dataclasses import replace

from lamplighter_keywords.authoring.loading import parse_list, parse_themes
from lamplighter_keywords.bundles.bundle import (
    KEYWORDS,
    POLICY,
    Manifest,
    PartSum,
    RootDocument,
)
from lamplighter_keywords.bundles.compiled import compile_pack
from lamplighter_keywords.bundles.envelope import PrivateKey
from lamplighter_keywords.policy.device_policy import DevicePolicy, policy_document
from lamplighter_keywords.terms import KeywordPack

SCHOOL = "Lantern Lane School"
THEMES = b"""
[[theme]]
slug = "lamps"
code = "LAM"
name = "Lamps"
definition = "Lamps."
base_severity = 2
route = "dsl"
"""
LIST = b"""
[list]
id = "lamps.en"
theme = "lamps"
language = "en"
[[term]]
id = "la-1"
text = "%s"
match = "word"
severity = 3
"""


def key(number: int) -> PrivateKey:
    return PrivateKey(secret=bytes([number]) * 32)


def public(*keys: PrivateKey) -> dict[str, bytes]:
    return {one.id: one.public for one in keys}


ROOTS = key(1), key(2), key(3)
SIGNER = key(10)


def root(**changes: object) -> RootDocument:
    first = RootDocument(
        organisation=SCHOOL, version=1, root_keys=public(*ROOTS), threshold=2, signing_keys=public(SIGNER)
    )
    return replace(first, **changes)  # type: ignore[arg-type]


def parts(word: str = "lamp", policy: DevicePolicy | None = None) -> dict[str, bytes]:
    lists = (parse_list(LIST % word.encode(), "lamps.en.toml"),)
    pack = KeywordPack(lists=lists, themes=parse_themes(THEMES, "themes.toml"))
    return {KEYWORDS: compile_pack(pack), POLICY: policy_document(policy or DevicePolicy())}


def manifest(content: dict[str, bytes], **changes: object) -> Manifest:
    made = Manifest(
        organisation=SCHOOL,
        version=1,
        created=1_000,
        expires=2_000,
        min_agent="0.1",
        parts={name: PartSum.of(one) for name, one in content.items()},
    )
    return replace(made, **changes)  # type: ignore[arg-type]
