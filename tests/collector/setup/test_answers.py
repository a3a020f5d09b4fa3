"""What whoever installs a collector may answer."""

import re
import tomllib
from pathlib import Path

import pytest
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.people.roles import Role
from lamplighter_collector.setup.answers import Answers, answered, answers_of
from lamplighter_keywords.policy.device_policy import DevicePolicy

from tests.collector.setup.answering import PASSWORD, TODAY, answers, contact
from tests.support.sources import ROOT


def test_a_whole_file_is_complete_and_has_the_defaults(tmp_path: Path) -> None:
    found = answers(tmp_path)
    found.complete()
    assert found.addresses is not None
    assert (found.addresses.listens("web"), found.addresses.public("ingest")) == (
        "127.0.0.1:8443",
        "localhost:7443",
    )
    assert [account.roles for account in found.accounts] == [
        {Role.DSL},
        {Role.HEADTEACHER, Role.CHAIR},
    ]
    policy = answered(DevicePolicy(), found)
    assert (policy.contacts[0].value, policy.retention_days) == ("Room 4", 365)
    assert PASSWORD not in repr(found)
    assert "Rowan" not in repr(found)


def test_the_documented_answers_are_enough_also_for_the_documented_letter(tmp_path: Path) -> None:
    guide, before = ((ROOT / name / "README.md").read_text() for name in ("collector", "installers/roll_out"))
    blocks = re.findall(r"```toml\n(.+?)```", guide, re.DOTALL)
    (documented,) = [one for one in blocks if "[[accounts]]" in one]
    found = answers_of(tomllib.loads(documented), tmp_path, TODAY)
    found.complete()
    asked = re.findall(r'--data-contact "(.+?)"', guide + before)
    assert len(asked) == 2
    assert set(asked) <= {one.label for one in found.contacts or ()}


@pytest.mark.parametrize(
    ("checked", "problem"),
    [
        ("2025-09-19", "contacts[0].checked: is more than a year ago"),
        ("2026-09-21", "contacts[0].checked: lies in the future"),
        ("last week", "contacts"),
    ],
)
def test_a_contact_that_was_not_checked_lately_is_refused(tmp_path: Path, checked: str, problem: str) -> None:
    with pytest.raises(ConfigError) as refused:
        answers(tmp_path, contacts=[contact(checked=checked)])
    assert problem in str(refused.value)


@pytest.mark.parametrize("checked", ["2025-09-20", "2026-09-20"])
def test_a_contact_of_a_year_ago_or_of_today_is_taken(tmp_path: Path, checked: str) -> None:
    assert answers(tmp_path, contacts=[contact(checked=checked)]).contacts


@pytest.mark.parametrize(
    ("section", "content", "problem"),
    [
        ("school", {}, "school: unknown section"),
        ("store", {"path": "x"}, "store.path: unknown key"),
        ("accounts", {"login": "x"}, "accounts: must be written as [[accounts]]"),
        ("addresses", {"name": "Lamp School"}, "addresses.name: must be a host name"),
        ("addresses", {"name": "lamp", "listen": "lamp"}, "addresses.listen: must be a number"),
        ("addresses", {"name": "lamp", "web": 7443}, "addresses: ingest, enrolment and web need a port each"),
        ("addresses", {"name": "lamp", "web": 70_000}, "addresses.web: must be the number of a port"),
        ("page", {"certificate": "x"}, "page.key: missing"),
        ("accounts", [{"login": "x", "name": "y", "roles": ["boss"]}], "accounts[0].roles: must be of dsl"),
        ("accounts", [{"login": "x", "name": "y"}], "accounts[0].roles: missing"),
        ("accounts", [{"login": "x", "roles": ["dsl"]}], "accounts[0].name: missing"),
        ("retention", {"days": 0}, "retention_days: "),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, section: str, content: object, problem: str) -> None:
    with pytest.raises(ConfigError) as refused:
        answers(tmp_path, **{section: content})
    assert str(refused.value).startswith(problem)


@pytest.mark.parametrize(
    ("sections", "problem"),
    [
        ({"organisation": None}, "organisation.name: missing"),
        ({"addresses": None}, "addresses.name: missing"),
        ({"contacts": None}, "contacts: missing"),
        ({"contacts": []}, "contacts: missing"),
        ({"accounts": []}, "accounts: nobody has the role dsl"),
        (
            {"accounts": [{"login": "x", "name": "y", "roles": ["dsl"]}]},
            "accounts: nobody has the role headteacher",
        ),
    ],
)
def test_no_collector_begins_without_what_it_needs(
    tmp_path: Path, sections: dict[str, object], problem: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        answers(tmp_path, **sections).complete()
    assert str(refused.value).startswith(problem)


def test_the_head_may_be_the_safeguarding_lead(tmp_path: Path) -> None:
    both = [{"login": "m.oak", "name": "Morgan Oak", "roles": ["dsl", "headteacher"]}]
    answers(tmp_path, accounts=both).complete()


def test_nothing_answered_keeps_what_there_is(tmp_path: Path) -> None:
    assert answers_of({}, tmp_path, TODAY) == Answers()
    assert answered(DevicePolicy(silent_days=30), Answers()) == DevicePolicy(silent_days=30)
