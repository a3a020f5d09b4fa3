"""What every backend for accessible text must do; secret fields first of all."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lamplighter_agent.backends.ports import (
    AccessibleEvent,
    FieldFocused,
    FieldRole,
    TextDeleted,
    TextInserted,
)
from lamplighter_agent.errors import BackendUnavailable

from tests.agent.backends.contracts import plugged
from tests.agent.backends.contracts.stages import FieldStage
from tests.support.sensed import eventually


@pytest_asyncio.fixture(params=plugged.FIELDS)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[FieldStage]:
    async with request.param(request) as opened:
        yield opened


class Heard:
    """What the source reported."""

    def __init__(self) -> None:
        self.events: list[AccessibleEvent] = []
        self.problems: list[BackendUnavailable] = []

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextInserted))

    async def focused(self, role: FieldRole) -> FieldFocused:
        def look() -> FieldFocused | None:
            focused = [event for event in self.events if isinstance(event, FieldFocused)]
            return focused[-1] if focused and focused[-1].role is role else None

        return await eventually(look, f"focus of {role}, have {self.events}")

    async def hears(self, text: str) -> None:
        await eventually(lambda: text in self.text, f"{text!r}, have {self.events}")


@pytest_asyncio.fixture
async def heard(stage: FieldStage) -> AsyncIterator[Heard]:
    heard = Heard()
    await stage.source.start(heard.events.append, heard.problems.append)
    yield heard
    await stage.source.stop()
    assert heard.problems == []


async def test_a_field_tells_its_focus_its_process_and_its_text(stage: FieldStage, heard: Heard) -> None:
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


async def test_a_secret_field_tells_nothing_but_its_focus(stage: FieldStage, heard: Heard) -> None:
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
    heard = Heard()
    await stage.source.start(heard.events.append, heard.problems.append)
    await stage.type("found")
    await heard.hears("found")
    assert isinstance(heard.events[0], FieldFocused)
    await stage.source.stop()


async def test_a_secret_field_that_had_the_focus_before_stays_silent(stage: FieldStage) -> None:
    await stage.open("earlier", secret=True)
    heard = Heard()
    await stage.source.start(heard.events.append, heard.problems.append)
    await stage.type("hedgehog")
    await stage.open("ordinary")
    await heard.focused(FieldRole.EDITABLE)
    await stage.type("after")
    await heard.hears("after")
    assert heard.text == "after"
    await stage.source.stop()


async def test_nothing_of_a_person_is_in_a_report_s_repr(stage: FieldStage, heard: Heard) -> None:
    await stage.open("ordinary")
    await heard.focused(FieldRole.EDITABLE)
    await stage.type("otter")
    await heard.hears("otter")
    assert "ott" not in repr(heard.events)
