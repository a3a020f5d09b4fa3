import re
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent import config
from lamplighter_agent.errors import ConfigError

from tests.support.sources import ROOT


def content(**tables: Any) -> dict[str, Any]:
    return {"organisation": {"name": "Alder Vale School", "asset_tag": "AV-1"}, **tables}


def collector(folder: Path) -> dict[str, Any]:
    files = {name: folder / f"{name}.pem" for name in ("ca", "certificate", "key")}
    for file in files.values():
        file.touch()
    return {"address": "collector.example:8443", **{name: str(file) for name, file in files.items()}}


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    lines = ["[organisation]", 'name = "Alder Vale School"', 'asset_tag = "AV-1"', "[collector]"]
    lines += [f'{key} = "{value}"' for key, value in collector(tmp_path).items()]
    lines += ["[session]", 'staff_groups = ["teachers"]', "[desktop]", 'display = ":9"', 'user = "sam"']
    file.write_text("\n".join(lines))
    read = config.load(file)
    assert read.collector is not None
    assert read.collector.server_name == "collector.example"
    assert read.session.staff_groups == {"teachers"}
    assert read.desktop is not None
    assert read.desktop.user == "sam"
    assert read.not_enrolled == ""


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"colector": {}}, "colector"),
        ({"organisation": {"name": "A", "assettag": "1"}}, "organisation.assettag"),
        ({"collector": {"adress": "x"}}, "collector.adress"),
        ({"paths": {"spool": "/x"}}, "paths.spool"),
        ({"session": {"default": "pupil"}}, "session.default"),
        ({"desktop": {"display": ":1", "covert": "yes"}}, "desktop.covert"),
    ],
)
def test_an_unknown_key_is_refused_by_name(change: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config.parse(content(**change))
    assert refused.value.key == key
    assert refused.value.problem == "unknown setting"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"organisation": {}}, "organisation.name"),
        ({"organisation": {"name": " "}}, "organisation.name"),
        ({"organisation": {"name": 3}}, "organisation.name"),
        ({"organisation": "Alder Vale"}, "organisation"),
        ({"desktop": {}}, "desktop.display"),
        ({"session": {"default_kind": "visitor"}}, "session.default_kind"),
        ({"session": {"staff_users": "sam"}}, "session.staff_users"),
    ],
)
def test_a_wrong_value_is_refused_by_name(change: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config.parse(content(**change))
    assert refused.value.key == key


@pytest.mark.parametrize("missing", ["ca", "certificate", "key"])
def test_a_named_file_that_is_missing_stops_the_agent(tmp_path: Path, missing: str) -> None:
    settings = collector(tmp_path)
    Path(settings[missing]).unlink()
    with pytest.raises(ConfigError) as refused:
        config.parse(content(collector=settings))
    assert refused.value.key == f"collector.{missing}"


@pytest.mark.parametrize("address", ["", "collector.example", ":8443", "collector.example:https"])
def test_an_address_needs_host_and_port(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match=re.escape("host:port")):
        config.parse(content(collector=collector(tmp_path) | {"address": address}))


def test_without_certificate_or_asset_tag_the_device_is_not_enrolled(tmp_path: Path) -> None:
    assert "certificate" in config.parse(content()).not_enrolled
    assert "certificate" in config.parse(content(collector={"address": "a:1"})).not_enrolled
    untagged = content(collector=collector(tmp_path), organisation={"name": "Alder Vale School"})
    assert "asset tag" in config.parse(untagged).not_enrolled


def test_a_file_that_is_not_there_or_not_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        config.load(tmp_path / "none.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("[organisation")
    with pytest.raises(ConfigError, match="TOML"):
        config.load(broken)


def test_every_key_is_documented() -> None:
    source = (ROOT / "agent/src/lamplighter_agent/config.py").read_text(encoding="utf-8")
    keys = set(re.findall(r'\.(?:text|optional|names|file)\("(\w+)"', source)) | {"name"}
    manual = (ROOT / "agent/README.md").read_text(encoding="utf-8")
    assert not [key for key in keys if f"`{key}`" not in manual]
