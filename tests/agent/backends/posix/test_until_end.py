"""What a process that acts behind the service remembers until then."""

import os
import subprocess
import sys

from lamplighter_agent.backends.posix.until_end import READY, kept


def test_what_was_told_last_with_a_plus_is_kept() -> None:
    lines = ["+sdb1 7\n", "+sdb2 7\n", "-sdb1 7\n", "\n", "+\n", "sdc1\n", "-sdd1\n", "+sda4 1\n"]
    assert kept(lines) == ["sdb2 7", "sda4 1"]


def test_it_holds_nothing_of_the_services_open_and_waits_for_its_end() -> None:
    code = "from lamplighter_agent.backends.posix.until_end import kept_at_the_end; exit(kept_at_the_end())"
    read, write = os.pipe()
    # As a descriptor that somebody forgot to close at exec.
    os.set_inheritable(write, True)
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        close_fds=False,
    ) as waits:
        os.close(write)
        assert waits.stdin is not None
        assert waits.stdout is not None
        assert waits.stderr is not None
        waits.stdin.write(b"+sdb1 7\n")
        waits.stdin.flush()
        # Ended as soon as nobody but we would have held it.
        assert os.read(read, 1) == b""
        # It is ready, and has no more to say.
        assert waits.stdout.read() == READY
        assert waits.poll() is None
        waits.stdin.close()
        assert waits.stderr.read() == b"['sdb1 7']\n"
    os.close(read)


def test_it_imports_little_while_it_waits() -> None:
    code = "import sys, lamplighter_agent.backends.posix.until_end; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True, text=True)
    assert not {"asyncio", "grpc", "subprocess", "re", "ctypes", "structlog"} & set(loaded.stdout.split())
