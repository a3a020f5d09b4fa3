import re
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent import config
from lamplighter_agent.errors import ConfigError

from tests.support.sources import ROOT


def content(**tables: Any) -> dict[str, Any]:
    return {"paths": {"state": "/x"}, **tables}


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "agent.toml"
    lines = ["[paths]", 'state = "/var/lib/other"']
    lines += ["[media]", 'clamd = "/run/other/clamd.ctl"', 'rules = "/etc/lamplighter/rules"']
    lines += ["[session]", 'staff_groups = ["teachers"]', "[desktop]", 'display = ":9"', 'user = "sam"']
    file.write_text("\n".join(lines))
    read = config.load(file)
    assert read.state == Path("/var/lib/other")
    assert read.session.staff_groups == {"teachers"}
    assert read.desktop is not None
    assert read.desktop.user == "sam"
    assert read.media.clamd == Path("/run/other/clamd.ctl")
    assert read.media.rules == Path("/etc/lamplighter/rules")


def test_an_empty_file_will_do(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").touch()
    read = config.load(tmp_path / "agent.toml")
    assert (read.state, read.desktop) == (Path("/var/lib/lamplighter"), None)
    assert (read.media.clamd, read.media.rules) == (None, None)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"colector": {}}, "colector"),
        # Whose device it is and where it delivers is enrolment's to say.
        ({"organisation": {"name": "Alder Vale School"}}, "organisation"),
        ({"collector": {"address": "collector.example:8443"}}, "collector"),
        ({"paths": {"spool": "/x"}}, "paths.spool"),
        ({"session": {"default": "pupil"}}, "session.default"),
        ({"desktop": {"display": ":1", "covert": "yes"}}, "desktop.covert"),
        # Whether media are scanned is the signed policy's to say.
        ({"media": {"scan": False}}, "media.scan"),
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
        ({"paths": {"state": 3}}, "paths.state"),
        ({"paths": "/x"}, "paths"),
        ({"desktop": {}}, "desktop.display"),
        ({"media": {"clamd": "run/clamd.ctl"}}, "media.clamd"),
        ({"media": {"rules": ["/etc"]}}, "media.rules"),
        ({"session": {"default_kind": "visitor"}}, "session.default_kind"),
        ({"session": {"staff_users": "sam"}}, "session.staff_users"),
    ],
)
def test_a_wrong_value_is_refused_by_name(change: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config.parse(content(**change))
    assert refused.value.key == key


def test_a_file_that_is_not_there_or_not_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        config.load(tmp_path / "none.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("[paths")
    with pytest.raises(ConfigError, match="TOML"):
        config.load(broken)


def test_every_key_is_documented() -> None:
    source = (ROOT / "agent/src/lamplighter_agent/config.py").read_text(encoding="utf-8")
    keys = set(re.findall(r'\.(?:text|optional|names|path)\("(\w+)"', source))
    manual = (ROOT / "agent/README.md").read_text(encoding="utf-8")
    assert not [key for key in keys if f"`{key}`" not in manual]
