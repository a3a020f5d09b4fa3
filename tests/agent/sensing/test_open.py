"""The whole of sensing on a real desktop: real windows, real keys, real accessibility."""

import pytest

from installers.quickstart.virtual_desktop.desktop import Desktop
from tests.support.sensed import aside, sensing


@pytest.mark.parametrize("kind", ["open_gtk_entry", "open_qt_field", "open_xterm"])
async def test_typed_text_arrives_from_each_kind_of_window(desktop: Desktop, kind: str) -> None:
    async with sensing(desktop.environment) as sensed:
        window = await aside(getattr(desktop, kind), f"window of {kind}")
        await sensed.title(f"window of {kind}")
        await aside(desktop.type_text, "the orchard gate ")
        typed = await sensed.text("the orchard gate ")
        assert not typed.pasted
        await aside(desktop.key, "BackSpace", "BackSpace", "x")
        await sensed.text("the orchard gate \b\bx")
        await aside(desktop.close, window)
    assert sensed.unseen == []


@pytest.mark.parametrize("kind", ["open_gtk_entry", "open_qt_field"])
async def test_password_fields_never_arrive(desktop: Desktop, kind: str) -> None:
    async with sensing(desktop.environment) as sensed:
        window = await aside(getattr(desktop, kind), f"secret {kind}", secret=True)
        await aside(desktop.type_text, "hedgehog secret ")
        if kind == "open_qt_field":
            # The ordinary field beside it, in the same window, is read.
            await aside(desktop.key, "Tab")
        else:
            await aside(desktop.close, window)
            await aside(desktop.open_gtk_entry, "ordinary")
        await aside(desktop.type_text, "lantern ")
        await sensed.text("lantern ")
        assert "hedgehog" not in sensed.everything()


async def test_start_after_stop_begins_anew(desktop: Desktop) -> None:
    async with sensing(desktop.environment) as sensed:
        assert sensed.sensing is not None
        await aside(desktop.open_xterm, "again")
        await aside(desktop.type_text, "first ")
        await sensed.text("first ")
        await sensed.sensing.stop()
        await aside(desktop.type_text, "unwatched ")
        await sensed.sensing.start()
        await aside(desktop.type_text, "second ")
        await sensed.text("second ")
        assert "unwatched" not in sensed.everything()
