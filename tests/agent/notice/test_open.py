"""A click opens the page: real programs on PATH record what they were started with."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from lamplighter_agent.launching import Account, GraphicalSession, LaunchSettings
from lamplighter_agent.notice import open as opening
from lamplighter_agent.notice.files import PageFiles
from lamplighter_agent.notice.open import PageOpener, as_user, viewers

from tests.agent.notice.samples import FACTS
from tests.support.waiting import until

pytestmark = pytest.mark.notice

ACCOUNT = Account(name="pia", uid=1234, gid=1235, groups=(1235, 29, 990), home="/home/pia")
SESSION = GraphicalSession(display=":7", account=ACCOUNT, environment={"XDG_RUNTIME_DIR": "/run/user/1234"})


def settings(gid: int | None = None) -> LaunchSettings:
    return LaunchSettings(interpreter="/usr/bin/python3", socket=Path("/nowhere"), organisation="x", gid=gid)


class Viewers:
    """Stand-ins for programs: each writes its arguments and environment to a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.out = folder

    def add(self, name: str, ending: str = "exit 0") -> None:
        script = self.bin / name
        note = f'{{ printf "%s\\n" "$@"; /usr/bin/env; }} >> {self.out}/{name}.ran'
        script.write_text(f"#!/bin/sh\necho $$ > {self.out}/{name}.pid\n{note}\n{ending}\n")
        script.chmod(0o755)

    def ran(self, name: str) -> str:
        path = self.out / f"{name}.ran"
        return path.read_text() if path.exists() else ""

    def pid(self, name: str) -> int:
        """The process that ran it last."""
        return int((self.out / f"{name}.pid").read_text())

    @property
    def path(self) -> str:
        return f"{self.bin}:/nowhere"


@pytest.fixture
def programs(tmp_path: Path) -> Viewers:
    return Viewers(tmp_path)


@pytest.fixture
def files(tmp_path: Path) -> PageFiles:
    folder = tmp_path / "a state folder"
    folder.mkdir()
    written = PageFiles(folder=folder)
    written.write(FACTS)
    return written


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


async def test_the_desktops_own_way_gets_the_address(programs: Viewers, files: PageFiles) -> None:
    programs.add("xdg-open")
    programs.add("chromium")
    opener = PageOpener(files, settings(), path=programs.path)
    opener.open_for(SESSION)
    await until(lambda: "DISPLAY=:7" in programs.ran("xdg-open"))
    await opener.stop()
    assert programs.ran("xdg-open").startswith(files.page.as_uri() + "\n")
    assert "%20" in files.page.as_uri()
    assert not programs.ran("chromium")


async def test_what_fails_is_followed_by_the_next(programs: Viewers, files: PageFiles) -> None:
    programs.add("xdg-open", "exit 3")
    programs.add("firefox", "exit 1")
    programs.add("zenity")
    opener = PageOpener(files, settings(), path=programs.path)
    opener.open_for(SESSION)
    await until(lambda: str(files.text) in programs.ran("zenity"))
    await opener.stop()
    assert programs.ran("firefox")


async def test_no_viewer_at_all_is_no_fault(programs: Viewers, files: PageFiles) -> None:
    opener = PageOpener(files, settings(), path=programs.path)
    opener.open_for(SESSION)
    (opening,) = [task for task in asyncio.all_tasks() if task.get_name() == "open page"]
    # It ends by itself and without a failure.
    assert await opening is None
    await opener.stop()


async def test_many_clicks_open_one_page(programs: Viewers, files: PageFiles) -> None:
    programs.add("xdg-open")
    opener = PageOpener(files, settings(), path=programs.path)
    for _ in range(20):
        opener.open_for(SESSION)
    await until(lambda: "DISPLAY" in programs.ran("xdg-open"))
    await opener.stop()
    assert programs.ran("xdg-open").count(files.page.as_uri()) == 1


async def test_it_is_told_nothing_of_the_service(
    programs: Viewers, files: PageFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMPLIGHTER_SECRET", "1")
    programs.add("xdg-open")
    opener = PageOpener(files, settings(), path=programs.path)
    opener.open_for(SESSION)
    await until(lambda: "DISPLAY" in programs.ran("xdg-open"))
    await opener.stop()
    assert "LAMPLIGHTER_SECRET" not in programs.ran("xdg-open")
    assert "XDG_RUNTIME_DIR=/run/user/1234" in programs.ran("xdg-open")


async def test_a_viewer_that_stays_is_left_open(
    programs: Viewers, files: PageFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "FAILS_WITHIN_S", 0.3)
    programs.add("xdg-open", "exec /usr/bin/sleep 60")
    programs.add("zenity")
    opener = PageOpener(files, settings(), path=programs.path)
    opener.open_for(SESSION)
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "open page"))
    await until(lambda: "DISPLAY" in programs.ran("xdg-open"))
    await opener.stop()
    assert not programs.ran("zenity")
    end(programs.pid("xdg-open"))


async def test_a_viewer_that_fails_late_is_followed_by_the_next_whatever_was_clicked_meanwhile(
    programs: Viewers, files: PageFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "AGAIN_AFTER_S", 0.05)
    gives_up = programs.out / "gives up"
    programs.add("xdg-open", f"while [ ! -e '{gives_up}' ]; do /usr/bin/sleep 0.01; done; exit 4")
    programs.add("zenity", "exec /usr/bin/sleep 60")
    opener = PageOpener(files, settings(), path=programs.path)

    def clicked_again() -> bool:
        opener.open_for(SESSION)
        return programs.ran("xdg-open").count(files.page.as_uri()) > 2

    await until(clicked_again)
    assert not programs.ran("zenity")
    gives_up.touch()
    await until(lambda: "DISPLAY" in programs.ran("zenity"))
    assert programs.ran("zenity").count(str(files.text)) == 1
    await opener.stop()
    end(programs.pid("zenity"))


async def test_a_browser_with_two_names_is_tried_once(programs: Viewers, files: PageFiles) -> None:
    programs.add("chromium", "exit 1")
    programs.bin.joinpath("x-www-browser").symlink_to(programs.bin / "chromium")
    programs.add("zenity")
    opener = PageOpener(files, settings(), path=programs.path)
    opener.open_for(SESSION)
    await until(lambda: "DISPLAY" in programs.ran("zenity"))
    await opener.stop()
    assert programs.ran("chromium").count(files.page.as_uri()) == 1


def test_the_viewer_never_carries_the_helpers_group() -> None:
    command = as_user(SESSION, settings(gid=990))
    assert "--reuid=1234" in command
    assert "--regid=1235" in command
    assert "--groups=29,1235" in command
    assert as_user(SESSION, settings(gid=None)) == []


def test_only_what_is_installed_is_tried(files: PageFiles) -> None:
    installed = {"zenity": "/usr/bin/zenity", "firefox": "/usr/bin/firefox"}
    assert [command[0] for command in viewers(files, installed.get)] == list(installed.values())[::-1]


def test_it_opens_in_the_session_s_language(files: PageFiles) -> None:
    ((_, address), (_, _, text, title, *_)) = viewers(
        files, {"firefox": "/usr/bin/firefox", "zenity": "/usr/bin/zenity"}.get, "pl_PL.UTF-8"
    )
    assert address.endswith("/what-this-device-checks.pl.html")
    assert text.endswith("/what-this-device-checks.pl.txt")
    assert title == "--title=Co sprawdza to urządzenie"
