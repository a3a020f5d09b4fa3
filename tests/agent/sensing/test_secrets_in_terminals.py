"""Secrets typed into real programs in a real terminal never come out; the same terminal's prompt does."""

import sys

import pytest
from lamplighter_agent.backends.linux.terminal import PtyTerminal
from lamplighter_agent.backends.ports import TerminalState

from installers.quickstart.virtual_desktop.desktop import Desktop, Window
from tests.support.sensed import aside, eventually, sensing

# Raw mode and a star for each key, until Return: what sudo does with pwfeedback.
MASKING = """
import sys, termios, tty
before = termios.tcgetattr(0)
tty.setraw(0)
while sys.stdin.buffer.raw.read(1) not in (b"\\r", b""):
    sys.stdout.write("*")
    sys.stdout.flush()
termios.tcsetattr(0, termios.TCSADRAIN, before)
"""
SECRET, UNKNOWN = TerminalState.SECRET, TerminalState.UNKNOWN


async def reaches(window: Window, state: TerminalState) -> None:
    terminal = PtyTerminal()
    await eventually(lambda: terminal.state(window.process.pid) is state, f"{state}")


async def enter(desktop: Desktop, text: str) -> None:
    await aside(desktop.type_text, text)
    await aside(desktop.key, "Return")


@pytest.mark.parametrize(
    ("command", "prompt", "leave"),
    [
        ("read -s answer", SECRET, ""),
        ("read -sn 8 answer", SECRET, ""),
        (f"{sys.executable} -c 'import getpass; getpass.getpass()'", SECRET, ""),
        (f"{sys.executable} masking.py", UNKNOWN, ""),
        ("vim -u NONE -n", UNKNOWN, ":q!"),
        ("tmux -f /dev/null -L secrets", SECRET, "exit"),
    ],
    ids=["read -s", "read -sn", "getpass", "masking", "vim", "tmux"],
)
async def test_only_the_prompt_is_read(
    desktop: Desktop, command: str, prompt: TerminalState, leave: str
) -> None:
    (desktop.home / "masking.py").write_text(MASKING)
    async with sensing(desktop.environment) as sensed:
        window = await aside(desktop.open_xterm, "secrets")
        await reaches(window, TerminalState.READABLE)
        await enter(desktop, "echo lantern")
        await sensed.text("echo lantern")
        await enter(desktop, command)
        await reaches(window, prompt)
        await enter(desktop, "ihedgehog" if "vim" in command else "hedgehog")
        if leave:
            if "vim" in command:
                await aside(desktop.key, "Escape")
            await enter(desktop, leave)
        await reaches(window, TerminalState.READABLE)
        # Whatever line was closed ends here.
        await aside(desktop.key, "Return")
        await enter(desktop, "echo windmill")
        await sensed.text("echo windmill")
        assert "hedgehog" not in sensed.everything()
        assert "dgehog" not in sensed.everything()
