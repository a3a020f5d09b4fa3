"""Looks for a secret in everything that Lamplighter leaves behind, in the ways it could be written."""

import base64
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.waiting import wait_for


def forms(secret: str) -> list[bytes]:
    """Return the encodings that are searched for: UTF-8, UTF-16, hex and base64 at each alignment."""
    plain = [secret.encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be")]
    hexadecimal = [text.hex().encode() for text in plain]
    encoded = []
    for text in plain:
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + text)
            # The first and last groups depend on the neighbours: what lies between is the same everywhere.
            encoded.append(whole[4 if shift else 0 : -4])
    return plain + hexadecimal + [form.upper() for form in hexadecimal] + encoded


def contains(content: bytes, secret: str) -> bool:
    return any(form in content for form in forms(secret))


def files_below(folder: Path) -> dict[str, bytes]:
    """Return the content of every regular file below a folder, by relative name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def command_lines() -> bytes:
    """Return the command line and environment of every process that runs now."""
    seen = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            for name in ("cmdline", "environ"):
                try:
                    seen.append((process / name).read_bytes())
                except OSError:
                    continue
    return b"\n".join(seen)


@contextmanager
def captured_loopback(file: Path) -> Iterator[None]:
    """Capture all loopback traffic into `file` while the block runs (root)."""
    command = ["tcpdump", "-i", "lo", "-U", "--immediate-mode", "-s", "0", "-w", str(file), "-Z", "root"]
    capture = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        wait_for(lambda: file.exists() and file.stat().st_size >= 24, "the capture running", seconds=10)
        yield
    finally:
        capture.terminate()
        capture.communicate(timeout=10)
