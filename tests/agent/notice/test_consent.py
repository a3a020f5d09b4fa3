"""Who agreed to what: kept without words, and only for just those words and that policy."""

from pathlib import Path

import pytest
from lamplighter_agent.notice.consent import Consents, terms_of
from lamplighter_keywords.policy.device_policy import DevicePolicy

pytestmark = pytest.mark.notice
POLICY = DevicePolicy()
TERMS = terms_of("1", POLICY)


def test_it_is_known_after_a_restart_and_by_account(tmp_path: Path) -> None:
    Consents(tmp_path).agree("pia", TERMS)
    again = Consents(tmp_path)
    assert again.holds("pia", TERMS)
    assert not again.holds("tom", TERMS)


@pytest.mark.parametrize("other", [terms_of("2", POLICY), terms_of("1", DevicePolicy(retention_days=30))])
def test_other_words_or_another_policy_are_not_agreed_to(tmp_path: Path, other: object) -> None:
    consents = Consents(tmp_path)
    consents.agree("pia", TERMS)
    assert other != TERMS
    assert not consents.holds("pia", other)  # type: ignore[arg-type]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pia": 3}', '{"pia": {"version": "1"}}', "\x00"])
def test_what_can_not_be_read_is_not_agreed(tmp_path: Path, content: str) -> None:
    (tmp_path / "agreed.json").write_text(content)
    assert not Consents(tmp_path).holds("pia", TERMS)


def test_the_file_is_the_service_s_alone(tmp_path: Path) -> None:
    Consents(tmp_path).agree("pia", TERMS)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_gone_costs_another_question_only(tmp_path: Path) -> None:
    consents = Consents(tmp_path / "gone")
    consents.agree("pia", TERMS)
    assert consents.holds("pia", TERMS)
