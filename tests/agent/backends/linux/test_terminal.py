"""The terminal rule on real ptys below a real xterm."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.terminal import PtyTerminal
from lamplighter_agent.backends.ports import TerminalState

from installers.quickstart.virtual_desktop.desktop import Desktop, Window
from tests.support.waiting import wait_for

READABLE, SECRET, UNKNOWN = TerminalState.READABLE, TerminalState.SECRET, TerminalState.UNKNOWN
# Shows `*` for each key, in raw mode, as sudo does with pwfeedback.
MASKING = "import sys,termios,tty; tty.setraw(0); open(sys.argv[1],'w'); sys.stdin.buffer.raw.read(99)"


@pytest.fixture
def window(desktop: Desktop) -> Iterator[Window]:
    window = desktop.open_xterm("rule")
    becomes(window, READABLE)
    yield window
    desktop.close(window)


def becomes(window: Window, state: TerminalState) -> None:
    terminal = PtyTerminal()
    wait_for(lambda: terminal.state(window.process.pid) is state, f"{state} in {window.title}")


def at_prompt(window: Window) -> bool:
    return PtyTerminal().state(window.process.pid) is READABLE


def test_a_shell_prompt_is_read(window: Window) -> None:
    assert at_prompt(window)


@pytest.mark.parametrize(
    ("command", "state"),
    [
        ("read -s answer", SECRET),
        ("read -sn 40 answer", SECRET),
        (f"{sys.executable} -c 'import getpass; getpass.getpass()'", SECRET),
        ("tmux -f /dev/null -L rule", SECRET),
        ("vim -u NONE -n", UNKNOWN),
        ("less /etc/passwd", UNKNOWN),
        (f'{sys.executable} -c "{MASKING}" /dev/null', UNKNOWN),
    ],
)
def test_what_is_not_read(desktop: Desktop, window: Window, command: str, state: TerminalState) -> None:
    desktop.type_text(command)
    desktop.key("Return")
    becomes(window, state)
    if "tmux" in command:
        desktop.type_text("exit")
        desktop.key("Return")
        becomes(window, READABLE)


def test_a_program_that_reads_lines_with_echo_is_read(desktop: Desktop, window: Window) -> None:
    started = desktop.home / "started"
    desktop.type_text(f"touch {started}; cat")
    desktop.key("Return")
    wait_for(started.exists, "the command")
    becomes(window, READABLE)


def test_programs_that_pass_keys_on_are_never_read(desktop: Desktop, window: Window) -> None:
    # A copy of cat reads lines with echo; only its name is another.
    folder = desktop.home / "names"
    folder.mkdir(exist_ok=True)
    for name in ("ssh", "sudo", "su", "screen", "mosh-client"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to("/bin/cat")
        desktop.type_text(f"{folder}/{name}")
        desktop.key("Return")
        becomes(window, SECRET)
        desktop.key("ctrl+c")
        becomes(window, READABLE)


def test_hidden_in_a_pipeline_or_a_script_is_still_seen(desktop: Desktop, window: Window) -> None:
    script = desktop.home / "script.sh"
    (desktop.home / "ssh").unlink(missing_ok=True)
    (desktop.home / "ssh").symlink_to("/bin/cat")
    script.write_text("#!/bin/sh\n./ssh | cat\n")
    script.chmod(0o755)
    desktop.type_text("./script.sh")
    desktop.key("Return")
    becomes(window, SECRET)


def test_two_ptys_below_one_process_are_unknown() -> None:
    shells = [pty_child() for _ in range(2)]
    try:
        assert PtyTerminal().state(os.getpid()) is UNKNOWN
    finally:
        for child, descriptor in shells:
            child.kill()
            child.wait()
            os.close(descriptor)


def pty_child() -> tuple[subprocess.Popen[bytes], int]:
    """Start a program on a pty of its own, as each tab of a terminal does."""
    master, slave = os.openpty()
    child = subprocess.Popen(
        ["setsid", "--ctty", "--wait", "sh", "-c", "echo up; exec cat"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    assert b"up" in os.read(master, 100)
    return child, master


def test_another_primary_group_can_still_tell(desktop: Desktop, window: Window) -> None:
    # The helper runs with a group that the person's programs don't have. As root the test also gives up
    # root's own powers; an ordinary user has none to give up.
    look = "import sys; from lamplighter_agent.backends.linux.terminal import PtyTerminal as T; "
    look += "print(T().state(int(sys.argv[1])).name)"
    drop = ["setpriv", "--regid=65533", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
    command = [sys.executable, "-c", look, str(window.process.pid)]
    if os.getuid() == 0:
        command = [*drop, "--", *command]
    source = Path(__file__).parents[4] / "agent" / "src"
    done = subprocess.run(command, check=True, capture_output=True, env={"PYTHONPATH": str(source)})
    assert done.stdout == b"READABLE\n"


def test_is_cheap_enough_for_every_key(window: Window) -> None:
    terminal = PtyTerminal()
    before = os.times()
    for _ in range(200):
        terminal.state(window.process.pid)
    after = os.times()
    assert (after.user + after.system - before.user - before.system) / 200 < 0.001
