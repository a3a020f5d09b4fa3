"""What lies in the state folder decides whether a device may be watched."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lamplighter_agent.backends.machine_port import MachineFacts
from lamplighter_agent.enrolment import ending
from lamplighter_agent.enrolment.ending import Ended
from lamplighter_agent.enrolment.standing import standing

from tests.agent.enrolment.test_ending import stored_in
from tests.support.bundled import ONE_WORD
from tests.support.identities import enrolled
from tests.support.school import SCHOOL

ENDED = Ended(reason="device-retired", at=datetime(2026, 11, 21, tzinfo=UTC))


def test_a_new_device_is_not_enrolled(tmp_path: Path) -> None:
    found = standing(tmp_path)
    assert "lamplighter-agent enrol" in found.not_enrolled
    assert (found.organisation, found.asset_tag, found.ended) == ("", "", None)


def test_an_identity_is_enough(tmp_path: Path) -> None:
    enrolled(tmp_path, keywords=ONE_WORD)
    found = standing(tmp_path)
    assert found.not_enrolled == ""
    assert (found.organisation, found.asset_tag) == (SCHOOL, "AV-1")


def test_an_end_counts_for_more_and_says_why_and_when(tmp_path: Path) -> None:
    enrolled(tmp_path, keywords=ONE_WORD)
    ending.end(stored_in(tmp_path), ENDED)
    found = standing(tmp_path)
    assert found.ended == ENDED
    assert "retired" in found.not_enrolled
    assert "2026-11-21" in found.not_enrolled
    assert found.organisation == SCHOOL


def test_an_end_that_could_not_be_written_counts_all_the_same(tmp_path: Path) -> None:
    enrolled(tmp_path, keywords=ONE_WORD)
    assert standing(tmp_path, ended=ENDED).not_enrolled


@pytest.mark.fault
def test_a_damaged_identity_is_a_reason(tmp_path: Path) -> None:
    (enrolled(tmp_path, keywords=ONE_WORD).folder / "identity.json").write_text("{")
    assert "can't be read" in standing(tmp_path).not_enrolled


@pytest.mark.fault
def test_a_copy_of_the_disk_on_another_machine_may_not_be_watched(tmp_path: Path) -> None:
    own, other = MachineFacts(product_uuid="one-1"), MachineFacts(product_uuid="two-2")
    state = tmp_path / "state"
    enrolled(state, keywords=ONE_WORD, machine=own)
    assert standing(state, facts=own).not_enrolled == ""
    found = standing(state, facts=other)
    assert found.copied
    assert "another machine" in found.not_enrolled
    assert "lamplighter-agent enrol" in found.not_enrolled
    ending.end(stored_in(state), ENDED)
    assert not standing(state, facts=other).copied
