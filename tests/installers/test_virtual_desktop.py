"""The desktop of the tests is itself tested: it really is up, and nothing of it remains."""

import os
import pwd
import subprocess
from pathlib import Path

import psutil

from installers.quickstart.virtual_desktop.desktop import User, running_desktop


def processes_with(home: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HOME") == str(home):
                found.append(process.name())
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def test_windows_of_three_kinds_take_the_focus_and_everything_ends() -> None:
    with running_desktop() as desktop:
        for window in (
            desktop.open_gtk_entry("gtk here"),
            desktop.open_qt_field("qt here"),
            desktop.open_xterm("xterm here"),
        ):
            desktop.focus(window)
            assert desktop.active_window() == window.id
        assert "openbox" in processes_with(desktop.home)
    assert processes_with(desktop.home) == []
    assert not desktop.home.exists()


def test_typed_text_arrives(tmp_path: Path) -> None:
    with running_desktop(accessibility=False) as desktop:
        window = desktop.open_window(
            ["zenity", "--entry", "--title=answer", "--text=word"], "answer", stdout=subprocess.PIPE
        )
        desktop.type_text("harbour")
        desktop.key("Return")
        assert window.process.stdout is not None
        with window.process.stdout as output:
            assert output.read() == b"harbour\n"


def test_belongs_to_another_user() -> None:
    # An ordinary user can be nobody else: then it is their own desktop.
    who = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    with running_desktop(user=User(uid=who.pw_uid, gid=who.pw_gid)) as desktop:
        window = desktop.open_gtk_entry("theirs")
        assert psutil.Process(window.process.pid).uids().real == who.pw_uid
