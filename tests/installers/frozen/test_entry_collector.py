"""What the frozen collector is made of; that it runs is proven by its package."""

from installers.frozen.contents import PROGRAMS
from installers.frozen.entry_collector import _LOADER

COLLECTOR = PROGRAMS["collector"]


def test_it_has_what_the_wheel_brings_and_nothing_of_a_device() -> None:
    out = COLLECTOR.excluded()
    assert {"lamplighter_agent", "Xlib", "dbus_fast", "pytest"} <= set(out)
    assert not {"ssl", "_ssl", "sqlalchemy", "alembic", "psycopg", "uvicorn", "argon2"} & set(out)
    assert [(source.name, to) for source, to in COLLECTOR.files] == [
        ("lists", "lamplighter_lists/lists"),
        ("knowledge", "lamplighter_lists/knowledge"),
        ("themes.toml", "lamplighter_lists/"),
        ("compiled.pack", "lamplighter_lists/"),
    ]
    assert all(source.exists() for source, _ in COLLECTOR.files)


def test_programs_of_the_system_get_their_own_libraries() -> None:
    assert "LD_LIBRARY_PATH" in _LOADER
