"""Settings as TOML text."""

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.setup.tables import toml_text

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
VALUES = TEXTS | st.integers(-(2**60), 2**60) | st.booleans() | st.dates() | st.lists(TEXTS, max_size=3)


@given(st.dictionaries(st.text("abc-_9 é", min_size=1, max_size=6), VALUES, max_size=4), TEXTS)
def test_what_is_written_reads_as_it_was(inner: dict[str, object], name: str) -> None:
    tables = {"name": name, "one": {"deep": inner}, "several": [inner | {"x": 1}, {"y": {"z": inner}}]}
    assert tomllib.loads(toml_text(tables)) == tables


def test_a_settings_file_reads_as_people_write_it() -> None:
    text = toml_text({"silent_days": 90, "contacts": [{"label": "Lead", "checked": date(2026, 9, 1)}]})
    assert text == 'silent_days = 90\n\n[[contacts]]\nlabel = "Lead"\nchecked = 2026-09-01\n'


def test_what_has_no_form_is_named_and_not_quoted() -> None:
    with pytest.raises(ConfigError) as refused:
        toml_text({"web": {"listen": object()}})
    assert str(refused.value) == "web.listen: can't be written as it is"
