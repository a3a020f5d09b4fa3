"""All of it together, on devices that are not well."""

import gc
from pathlib import Path

import pytest
from lamplighter_agent.doctor.examination import faults

from tests.agent.test_main import MEDIA
from tests.support.bundled import ONE_WORD
from tests.support.identities import enrolled
from tests.support.pair import ROOT

pytestmark = pytest.mark.fault


def found(folder: Path, more: str = "") -> set[str]:
    file = folder / "agent.toml"
    file.write_text(f'[paths]\nstate = "{folder}/state"\nruntime = "{folder}/run"\n{more}')
    here = faults(file)
    gc.collect()
    assert all(one.reason and one.matters and one.remedy for one in here)
    # What the machine of the test has of portable media and sessions is not this test's.
    return {one.id for one in here if one.what not in MEDIA} - {"sessions"}


def test_a_setting_that_is_wrong_is_all_that_is_said(tmp_path: Path) -> None:
    assert found(tmp_path, "[nonsense]\n") == {"configuration"}


def test_a_new_device_is_to_be_enrolled(tmp_path: Path) -> None:
    assert found(tmp_path, '[session]\ngroup = "games"\n') == {"enrolment"}


def test_a_group_that_is_missing_is_named_as_root(tmp_path: Path) -> None:
    ids = found(tmp_path, '[session]\ngroup = "no-such-group"\n')
    assert ids == ({"enrolment", "group"} if ROOT else {"enrolment"})


def test_an_enrolled_device_without_service_and_collector(tmp_path: Path) -> None:
    enrolled(tmp_path / "state", keywords=ONE_WORD)
    ids = found(tmp_path, '[session]\ngroup = "games"\n')
    assert ids == {"service", "collector-port"}
