"""What every place must do where a technician leaves what a device shall enrol with."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lamplighter_agent.errors import PendingUnusable

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.pending_stages import Stage
from tests.support.school import TOKEN

TOLD = {"collector": "collector.example:7444", "pin": "sha256:00", "asset_tag": 'AV "42"', "token": TOKEN}


@pytest.fixture(params=plugged.PENDING_PLACES)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    make: Callable[[Path], Stage] = request.param
    return make(tmp_path)


def test_where_nothing_was_left_nothing_is_found(stage: Stage) -> None:
    place, _, _ = stage
    assert place.mark() is None
    assert place.read() is None
    place.clear()


def test_what_was_left_is_read_and_is_gone_when_cleared(stage: Stage) -> None:
    place, _, _ = stage
    place.write(TOLD)
    assert place.read() == TOLD
    place.clear()
    assert place.mark() is None
    assert place.read() is None


def test_something_else_has_another_mark(stage: Stage) -> None:
    place, _, _ = stage
    place.write(TOLD)
    before = place.mark()
    assert place.mark() == before
    place.write(TOLD | {"asset_tag": "AV-43"})
    assert place.mark() not in (None, before)


def test_a_token_s_file_is_read_and_goes_too(stage: Stage, tmp_path: Path) -> None:
    place, _, _ = stage
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    place.write({name: value for name, value in TOLD.items() if name != "token"} | {"token_file": str(file)})
    assert place.token_in(file) == TOKEN
    place.clear()
    assert not file.exists()


def test_what_others_could_have_written_counts_for_nothing(stage: Stage) -> None:
    place, let_others_write, _ = stage
    place.write(TOLD)
    let_others_write()
    with pytest.raises(PendingUnusable, match="others than") as refused:
        place.read()
    assert TOKEN not in str(refused.value)


def test_a_token_that_others_can_read_counts_as_known(stage: Stage, tmp_path: Path) -> None:
    place, _, show = stage
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    show(file)
    with pytest.raises(PendingUnusable, match="counts as known"):
        place.token_in(file)


def test_a_token_s_file_that_is_not_there_is_named(stage: Stage, tmp_path: Path) -> None:
    place, _, _ = stage
    with pytest.raises(PendingUnusable, match="token"):
        place.token_in(tmp_path / "token")
