"""Whether the keys that go to a terminal window may be read, by what its tty is doing now.

Read are: canonical mode with echo (what is typed is shown, line by line), and raw mode of a listed shell that
turned ICRNL off (its line editor is at the prompt; `read -sn` leaves ICRNL on). Never read: echo off, any
program that passes keys on to somewhere else or asks for passwords its own way, editors, and whatever
can't be told. So what is typed inside tmux, screen, ssh, a container or `script` is not read at all: a secret
may be asked for there while the outer tty looks the same. It is counted, a line as one. A terminal with
several ptys under one process (tabs) can't be told either.

All of it comes from files in /proc that every user may read: the helper has another primary group than the
person's programs, so the kernel keeps `exe` and the like from it.
"""

import os
import termios
from collections.abc import Iterator
from dataclasses import dataclass

from lamplighter_agent.backends.ports import TerminalState

SHELLS = frozenset({"bash", "dash", "zsh", "fish", "ksh", "ksh93", "mksh", "sh", "tcsh", "csh", "rbash"})
# They take keys for another place, or ask for secrets with a mask of their own.
NEVER = frozenset(
    {
        "abduco", "adb", "byobu", "doas", "docker", "dtach", "expect", "gpg", "gpg2", "keyctl", "kinit",
        "kubectl", "login", "lxc", "lxc-attach", "machinectl", "minicom", "mosh", "mosh-client", "nc", "ncat",
        "nsenter", "openssl", "passwd", "picocom", "pinentry", "pinentry-curses", "pinentry-tty", "pkexec",
        "pkttyagent", "podman", "rlogin", "runuser", "screen", "script", "sftp", "socat", "ssh", "ssh-add",
        "ssh-keygen", "su", "sudo", "sudoedit", "systemd-run", "run0", "telnet", "tmux", "tmux: client",
        "tmux: server", "zellij",
    }
)  # fmt: skip
PTS_MAJORS = range(136, 144)
# A terminal's own helpers apart, nobody has more; a bound for a hostile tree.
PROCESS_LIMIT = 256


@dataclass(frozen=True, slots=True)
class _Process:
    """The fields of /proc/PID/stat that matter here."""

    pid: int
    name: str
    group: int
    tty: int
    foreground_group: int


class PtyTerminal:
    """Looks at the pty below a terminal's process."""

    name = "tty state"

    def state(self, pid: int) -> TerminalState:
        """Tell the state now; whatever can't be read is UNKNOWN."""
        try:
            return _state(pid)
        except (OSError, ValueError, IndexError, termios.error):
            return TerminalState.UNKNOWN


def _state(pid: int) -> TerminalState:
    sessions = _sessions(pid)
    if len({session.tty for session in sessions}) != 1:
        return TerminalState.UNKNOWN
    session = sessions[0]
    members = {process.pid: process.name for process in _members(session)}
    if not members:
        return TerminalState.UNKNOWN
    if not NEVER.isdisjoint(members.values()):
        return TerminalState.SECRET
    input_flags, local_flags = _flags(session.tty)
    if local_flags & termios.ICANON:
        return TerminalState.READABLE if local_flags & termios.ECHO else TerminalState.SECRET
    if members.get(session.foreground_group) not in SHELLS:
        return TerminalState.UNKNOWN
    return TerminalState.SECRET if input_flags & termios.ICRNL else TerminalState.READABLE


def _sessions(pid: int) -> list[_Process]:
    """Return the nearest descendants that have a pty of their own: one for each tab."""
    own_tty = _process(pid).tty
    found: list[_Process] = []
    waiting = _children(pid)
    seen = 0
    while waiting:
        child = _process_or_none(waiting.pop())
        seen = _counted(seen)
        if child is None:
            continue
        if child.tty not in (0, own_tty):
            found.append(child)
        else:
            waiting += _children(child.pid)
    return found


def _members(session: _Process) -> Iterator[_Process]:
    """Yield the members of the foreground group among a session's first process and its descendants."""
    waiting: list[_Process] = [session]
    seen = 0
    while waiting:
        process = waiting.pop()
        seen = _counted(seen)
        if process.group == session.foreground_group:
            yield process
        waiting += filter(None, map(_process_or_none, _children(process.pid)))


def _counted(seen: int) -> int:
    if seen >= PROCESS_LIMIT:
        raise ValueError("too many processes")
    return seen + 1


def _process(pid: int) -> _Process:
    text = _read(f"/proc/{pid}/stat")
    # The name is in brackets and may itself hold brackets and spaces.
    end = text.rindex(b")")
    fields = text[end + 2 : end + 80].split()
    return _Process(
        pid=pid,
        name=text[text.index(b"(") + 1 : end].decode("utf-8", "replace"),
        group=int(fields[2]),
        tty=int(fields[4]),
        foreground_group=int(fields[5]),
    )


def _process_or_none(pid: int) -> _Process | None:
    try:
        return _process(pid)
    except OSError:
        return None


def _children(pid: int) -> list[int]:
    children: list[int] = []
    try:
        # This runs for every key: pathlib would double its cost.
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            children += map(int, _read(f"/proc/{pid}/task/{thread}/children").split())
    except (FileNotFoundError, ProcessLookupError):
        return children
    return children


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 65_536)
    finally:
        os.close(descriptor)


def _flags(tty: int) -> tuple[int, int]:
    major, minor = (tty >> 8) & 0xFFF, (tty & 0xFF) | ((tty >> 12) & 0xFFF00)
    if major not in PTS_MAJORS:
        raise ValueError("not a pty")
    path = f"/dev/pts/{(major - PTS_MAJORS.start) * 256 + minor}"
    descriptor = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        flags = termios.tcgetattr(descriptor)
    finally:
        os.close(descriptor)
    return flags[0], flags[3]
