"""What a letter is made from, read beside a collector that was set up."""

from datetime import timedelta
from pathlib import Path

import pytest
from lamplighter_collector.config import load
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.letter import desk
from lamplighter_collector.people.roles import Role
from lamplighter_collector.setup.desk import begin, change

from tests.collector.setup.answering import TODAY, answers, contact, place


def test_the_letter_follows_what_is_set_and_published(tmp_path: Path) -> None:
    begin(place(tmp_path), answers(tmp_path))
    config = load(place(tmp_path).config)
    found = desk.facts_of(config, TODAY)
    assert found.organisation == config.organisation
    assert found.readers[Role.DSL] == found.readers[Role.HEADTEACHER] == 1
    assert "Suicide" in found.themes
    assert found.licensed is False
    assert found.data_contact in found.policy.contacts

    fresh = contact("Room 9", TODAY.isoformat())
    change(place(tmp_path), answers(tmp_path, contacts=[fresh], retention={"days": 30}))
    after = desk.facts_of(config, TODAY)
    assert [one.value for one in after.policy.contacts] == ["Room 9"]
    assert after.policy.retention_days == 30
    with pytest.raises(ConfigError, match=r"contacts\[0\]\.checked"):
        desk.facts_of(config, TODAY + timedelta(days=400))
