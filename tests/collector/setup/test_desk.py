"""A collector is begun whole or not served at all; later only what was asked for changes."""

from pathlib import Path

import pytest
from lamplighter_collector.config import load
from lamplighter_collector.errors import AuthorityUnusable, ConfigError, StoreUnavailable
from lamplighter_collector.setup import desk, people
from lamplighter_collector.setup.settings_file import read_tables

from tests.collector.setup.answering import answers, contact, place


def test_a_run_that_was_cut_short_is_gone_on_with_and_serves_nothing_meanwhile(tmp_path: Path) -> None:
    here, wanted = place(tmp_path), answers(tmp_path)
    # The last step can't be made: a file is where the folder of the settings should be.
    here.config.parent.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError):
        desk.begin(here, wanted)
    assert not here.config.exists()
    here.config.parent.unlink()
    with pytest.raises(AuthorityUnusable):
        desk.begin(here, answers(tmp_path, organisation={"name": "Harrow Fen School"}))
    told = desk.begin(here, wanted)
    assert [one["state"] for one in told["accounts"]] == [people.THERE] * 2  # type: ignore[attr-defined]
    assert told["accounts_open"] == 2
    with pytest.raises(ConfigError, match="is there already"):
        desk.begin(here, wanted)


def test_only_what_was_asked_for_changes(tmp_path: Path) -> None:
    here = place(tmp_path)
    desk.begin(here, answers(tmp_path))
    settings, page = here.config.read_text(), load(here.config).web.certificate
    assert page is not None
    certificate = page.read_bytes()
    assert desk.standing(here, answers(tmp_path))["differs"] == []

    asked = answers(
        tmp_path,
        organisation=None,
        addresses=None,
        accounts=[{"login": "c.ash", "name": "Corin Ash", "roles": ["deputy"]}],
        contacts=[contact("Room 9", "2026-09-19")],
        retention={"days": 200},
    )
    assert desk.standing(here, asked)["differs"] == ["contacts", "retention", "accounts"]
    assert desk.standing(here)["accounts_open"] == 2
    told = desk.change(here, asked)
    assert told["changed"] == ["contacts", "retention", "accounts"]
    assert (told["retention_days"], told["accounts_open"]) == (200, 3)
    assert here.config.read_text() == settings
    assert read_tables(here.policy)["contacts"] == [contact("Room 9", "2026-09-19")]
    assert desk.change(here, asked)["changed"] == []

    moved = answers(
        tmp_path, organisation=None, accounts=[], contacts=None, addresses={"name": "lamp.example"}
    )
    told = desk.change(here, moved)
    assert told["changed"] == ["addresses"]
    assert "laptops that are enrolled go on calling the address that they know" in str(told["warnings"])
    assert load(here.config).web.names == {"lamp.example"}
    assert page.read_bytes() != certificate
    assert here.config.with_name("collector.toml.before").read_text() == settings


def test_a_role_that_nobody_has_is_told_each_time_until_somebody_has_it(tmp_path: Path) -> None:
    here = place(tmp_path)
    head: dict[str, object] = {"login": "m.oak", "name": "Morgan Oak", "roles": ["headteacher"]}
    lead: dict[str, object] = {"login": "r.alder", "name": "Rowan Alder", "roles": ["dsl"]}
    wanted = answers(tmp_path, accounts=[lead, head])
    told = "nobody has the role chair: what is for them alone waits unread"
    for said in (desk.begin(here, wanted), desk.standing(here, wanted), desk.standing(here)):
        assert said["warnings"].count(told) == 1  # type: ignore[attr-defined]
    chair = {"login": "c.ash", "name": "Corin Ash", "roles": ["chair"]}
    for said in (desk.change(here, answers(tmp_path, accounts=[chair])), desk.standing(here)):
        assert told not in str(said["warnings"])


def test_name_and_store_stay_as_they_are(tmp_path: Path) -> None:
    here = place(tmp_path)
    desk.begin(here, answers(tmp_path))
    for asked, key in (
        (answers(tmp_path, organisation={"name": "Harrow Fen School"}), "organisation.name"),
        (answers(tmp_path, store={"url": "postgresql+psycopg:///lamp"}), "store.url"),
    ):
        for ask in (desk.standing, desk.change):
            with pytest.raises(ConfigError, match=f"^{key}: can't be changed here"):
                ask(here, asked)


def test_a_database_that_does_not_answer_is_said_before_anything_is_made(tmp_path: Path) -> None:
    here = place(tmp_path)
    url = f"postgresql+psycopg://lamp:quiet-harbour@/lamp?host={tmp_path}"
    with pytest.raises(StoreUnavailable) as refused:
        desk.begin(here, answers(tmp_path, store={"url": url}))
    assert "quiet-harbour" not in str(refused.value)
    assert not here.config.exists()
    assert not here.state.exists()
