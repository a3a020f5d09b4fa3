"""Settings as TOML text: texts, numbers, days, lists of texts, tables and lists of tables. Pure."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from lamplighter_collector.errors import ConfigError

Tables = Mapping[str, object]


def toml_text(tables: Tables) -> str:
    """The text that reads as exactly these tables.

    Raises:
        ConfigError: something in them has no form here; the key is named, never what it holds.
    """
    text = "\n".join(_lines(tables, "")).lstrip("\n") + "\n"
    # What was written is what was meant, or nothing is written.
    if tomllib.loads(text) != tables:
        raise ConfigError("settings", "can't be written as they are")
    return text


def _lines(table: Tables, name: str) -> Iterator[str]:
    inner = {key: value for key, value in table.items() if _is_table(value)}
    for key, value in table.items():
        if key not in inner:
            yield f"{_key(key)} = {_value(value, name + key)}"
    for key, value in inner.items():
        path = f"{name}{_key(key)}"
        if isinstance(value, Mapping):
            yield from ("", f"[{path}]", *_lines(value, f"{path}."))
        elif isinstance(value, Sequence):
            for one in value:
                yield from ("", f"[[{path}]]", *_lines(one, f"{path}."))


def _is_table(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, Mapping) for one in value)
    return isinstance(value, Mapping)


def _key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "")
    return key if bare.isascii() and bare.isalnum() else json.dumps(key, ensure_ascii=False)


def _value(value: object, key: str) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(one, key) for one in value)}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(inner)} = {_value(one, key)}" for inner, one in value.items()) + " }"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | int | str):
        # A text of JSON is one of TOML, but for one character that no setting has.
        return json.dumps(value, ensure_ascii=False)
    raise ConfigError(key, "can't be written as it is")
