"""A file system by FUSE that fails as a test wants: `python -m tests.support.failing_fs MOUNT CONTROL`.

It has the files that are in CONTROL/content. Reading `broken` beyond 128 KiB is an I/O error; reading `slow`
makes CONTROL/reached and waits for CONTROL/go.
"""

import contextlib
import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.sources import ROOT
from tests.support.waiting import wait_for

BROKEN_AT = 128 << 10


class FailingFolder:
    """A mounted one, and its server."""

    def __init__(self, mount: Path, control: Path, server: "subprocess.Popen[bytes]") -> None:
        self.mount = mount
        self._control = control
        self.server = server

    def put(self, name: str, content: bytes) -> None:
        (self._control / "content" / name).write_bytes(content)

    def wait_until_read(self) -> None:
        """Wait until somebody reads `slow`."""
        wait_for((self._control / "reached").exists, "the slow file is read")

    def go_on(self) -> None:
        (self._control / "go").touch()


@contextlib.contextmanager
def failing_folder(folder: Path) -> Iterator[FailingFolder]:
    """Mount one below a folder."""
    mount, control = folder / "mount", folder / "control"
    for place in (mount, control, control / "content"):
        place.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.support.failing_fs", str(mount), str(control)]
    with subprocess.Popen(command, cwd=ROOT) as server:
        try:
            wait_for(mount.is_mount, "the file system is mounted")
            yield FailingFolder(mount, control, server)
        finally:
            (control / "go").touch()
            server.kill()
            subprocess.run(["umount", "--lazy", str(mount)], check=False, capture_output=True)


def serve(mount: str, control: Path) -> None:
    """Serve until it is unmounted."""
    import mfusepy

    content = control / "content"

    class Failing(mfusepy.Operations):  # type: ignore[misc]
        def getattr(self, path: str, fh: Any = None) -> dict[str, Any]:
            try:
                about = os.lstat(content / path.lstrip("/"))
            except OSError as error:
                raise mfusepy.FuseOSError(error.errno) from None
            names = ("st_mode", "st_size", "st_nlink", "st_uid", "st_gid", "st_atime", "st_mtime", "st_ctime")
            return {name: getattr(about, name) for name in names}

        def readdir(self, path: str, fh: Any) -> list[str]:
            return [".", "..", *sorted(one.name for one in (content / path.lstrip("/")).iterdir())]

        def read(self, path: str, size: int, offset: int, fh: Any) -> bytes:
            if path == "/broken" and offset + size > BROKEN_AT:
                raise mfusepy.FuseOSError(errno.EIO)
            if path == "/slow":
                (control / "reached").touch()
                wait_for((control / "go").exists, "the test goes on", seconds=100)
            return (content / path.lstrip("/")).read_bytes()[offset : offset + size]

    threading.current_thread().name = "fuse"
    mfusepy.FUSE(Failing(), mount, foreground=True, nothreads=True)


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]))
