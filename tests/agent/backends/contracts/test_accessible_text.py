"""What every backend for accessible text must do; secret fields first of all."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lamplighter_agent.backends.ports import (
    FieldFocused,
    FieldRole,
    TextDeleted,
    TextInserted,
)

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import FieldStage
from tests.support.heard import HeardFields, listening
from tests.support.sensed import eventually


@pytest_asyncio.fixture(params=plugged.FIELDS)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[FieldStage]:
    async with request.param(request) as opened:
        yield opened


@pytest_asyncio.fixture
async def heard(stage: FieldStage) -> AsyncIterator[HeardFields]:
    async with listening(HeardFields(stage.source)) as heard:
        yield heard


async def test_a_field_tells_its_focus_its_process_and_its_text(
    stage: FieldStage, heard: HeardFields
) -> None:
    pid = await stage.open("ordinary")
    focused = await heard.focused(FieldRole.EDITABLE)
    assert focused.pid == pid
    await stage.type("oars")
    await heard.hears("oars")
    await stage.erase()
    deleted = TextDeleted(field_key=focused.field_key, offset=3, count=1)
    await eventually(lambda: deleted in heard.events, "the deletion")
    inserted = [event for event in heard.events if isinstance(event, TextInserted)]
    assert [event.offset for event in inserted] == [0, 1, 2, 3]
    assert {event.field_key for event in inserted} == {focused.field_key}


async def test_a_secret_field_tells_nothing_but_its_focus(stage: FieldStage, heard: HeardFields) -> None:
    await stage.open("secret", secret=True)
    secret = await heard.focused(FieldRole.SECRET)
    await stage.type("hedgehog")
    # What is typed next into an ordinary field shows that the secret would have come by now.
    await stage.open("ordinary")
    await heard.focused(FieldRole.EDITABLE)
    await stage.type("after")
    await heard.hears("after")
    assert heard.text == "after"
    changed = [event for event in heard.events if isinstance(event, TextInserted | TextDeleted)]
    assert secret.field_key not in {event.field_key for event in changed}


async def test_a_field_that_had_the_focus_before_is_found_by_its_typing(stage: FieldStage) -> None:
    await stage.open("earlier")
    async with listening(HeardFields(stage.source)) as heard:
        await stage.type("found")
        await heard.hears("found")
        assert isinstance(heard.events[0], FieldFocused)


async def test_a_secret_field_that_had_the_focus_before_stays_silent(stage: FieldStage) -> None:
    await stage.open("earlier", secret=True)
    async with listening(HeardFields(stage.source)) as heard:
        await stage.type("hedgehog")
        await stage.open("ordinary")
        await heard.focused(FieldRole.EDITABLE)
        await stage.type("after")
        await heard.hears("after")
        assert heard.text == "after"


async def test_nothing_of_a_person_is_in_a_report_s_repr(stage: FieldStage, heard: HeardFields) -> None:
    await stage.open("ordinary")
    await heard.focused(FieldRole.EDITABLE)
    await stage.type("otter")
    await heard.hears("otter")
    assert "ott" not in repr(heard.events)
