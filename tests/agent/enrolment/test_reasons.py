"""Every refusal has words and a remedy; what is not ours to show is not shown."""

import pytest
from lamplighter_agent.enrolment.reasons import ENDING, ENDINGS, REFUSALS, meaning_of

# As the collector and the design name them.
SLUGS = (
    "token-unknown",
    "token-expired",
    "token-used-up",
    "token-withdrawn",
    "asset-tag-refused",
    "asset-tag-enrolled",
    "csr-unusable",
    "device-revoked",
    "device-retired",
    "identity-replaced",
    "certificate-foreign",
    "certificate-too-old",
    "certificate-superseded",
)


def test_each_slug_has_words_and_a_remedy() -> None:
    assert set(REFUSALS) == set(SLUGS)
    for slug in SLUGS:
        assert all(meaning_of(slug))


def test_only_two_reasons_end_a_device() -> None:
    assert {"device-revoked", "device-retired"} == ENDING
    assert set(ENDINGS) >= ENDING


@pytest.mark.parametrize(
    ("said", "shown"), [("", "no reason given"), ("new-rule", "new-rule"), ("<b>\x1b[2J" + "x" * 99, "b2J")]
)
def test_an_unknown_reason_is_shown_as_a_slug_only(said: str, shown: str) -> None:
    problem = meaning_of(said).problem
    assert shown in problem
    assert problem.isprintable()
    assert "<" not in problem
    assert len(problem) < 100
