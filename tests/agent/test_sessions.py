import os
import pwd

import pytest
from lamplighter_agent.config import DesktopConfig
from lamplighter_agent.errors import ConfigError
from lamplighter_agent.sessions import ConfiguredSession, NoSession, account_of


def test_an_account_comes_from_passwd() -> None:
    nobody = account_of("nobody")
    entry = pwd.getpwnam("nobody")
    assert (nobody.uid, nobody.gid, nobody.home) == (entry.pw_uid, entry.pw_gid, entry.pw_dir)
    assert entry.pw_gid in nobody.groups


def test_without_a_name_it_is_ourselves() -> None:
    assert account_of(None).uid == os.getuid()


def test_a_name_that_nobody_has_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"desktop\.user"):
        account_of("no-such-account")


def test_the_configured_session_is_the_only_one() -> None:
    desktop = DesktopConfig(display=":9", user="nobody", xauthority="/x", language="en_GB.UTF-8")
    (session,) = ConfiguredSession(desktop).sessions()
    assert session.display == ":9"
    assert session.environment == {"XAUTHORITY": "/x", "LANG": "en_GB.UTF-8"}
    assert ConfiguredSession(desktop).describe()["source"] == "configuration"


def test_without_a_session_the_reason_is_told() -> None:
    none = NoSession("nobody knows")
    assert none.sessions() == ()
    assert none.describe() == {"source": "none", "reason": "nobody knows", "left_out": []}
