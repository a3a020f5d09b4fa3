import os
from dataclasses import replace
from pathlib import Path

import pytest
from lamplighter_agent import posix_ground as ground
from lamplighter_agent.config import AgentConfig, DesktopConfig, SessionConfig
from lamplighter_agent.errors import BackendUnavailable, ConfigError
from lamplighter_agent.launching import LaunchSettings
from lamplighter_agent.status import SAME_USER, SEPARATE

ROOT = os.getuid() == 0
HERE = ground.Base(gid=None, boundary=SAME_USER)
APART = ground.Base(gid=60, boundary=SEPARATE)


def config(folder: Path, *, user: str | None = None, group: str = "games") -> AgentConfig:
    return AgentConfig(
        state=folder / "state",
        runtime=folder / "run",
        session=SessionConfig(group=group),
        desktop=DesktopConfig(display=":9", user=user),
    )


def test_the_boundary_is_what_this_user_can_offer(tmp_path: Path) -> None:
    found = ground.base_of(config(tmp_path))
    assert found.boundary.kind == ("separate" if ROOT else "same-user")


@pytest.mark.root
@pytest.mark.parametrize("group", ["no-such-group", "root"])
def test_as_root_a_group_of_its_own_is_required(tmp_path: Path, group: str) -> None:
    with pytest.raises(ConfigError, match=r"session\.group"):
        ground.base_of(config(tmp_path, group=group))


def test_a_session_of_root_is_never_watched_by_a_root_service(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"desktop\.user: is root"):
        ground.finder(config(tmp_path, user="root"), APART, lambda: None)


def test_another_user_s_session_needs_root(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"desktop\.user: is another user"):
        ground.finder(config(tmp_path, user="daemon"), HERE, lambda: None)


def test_no_desktop_is_no_session(tmp_path: Path) -> None:
    assert ground.finder(replace(config(tmp_path), desktop=None), HERE, lambda: None).sessions() == ()


def test_folders_are_made_and_writable_by_nobody_else(tmp_path: Path) -> None:
    settings = config(tmp_path)
    ground.folders(settings, HERE)
    assert settings.runtime.stat().st_mode & 0o777 == 0o750
    settings.state.chmod(0o777)
    with pytest.raises(ConfigError, match=r"paths\.state"):
        ground.folders(settings, HERE)


def test_what_starts_a_helper_must_be_there() -> None:
    settings = LaunchSettings(interpreter="", socket=Path("/s"), organisation="A", gid=60)
    ground.tools(settings)
    with pytest.raises(BackendUnavailable) as missing:
        ground.tools(replace(settings, setpriv="/nowhere/setpriv"))
    assert missing.value.remedy == "install util-linux"
    ground.tools(replace(settings, setpriv="/nowhere/setpriv", gid=None))
