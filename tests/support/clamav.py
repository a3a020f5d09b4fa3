"""A real clamd of a test's own, on a socket of its own, with signatures made here.

No official signatures can be had on a test machine, so what is proven is that a verdict of clamd is heard and
obeyed, never how much malware it knows. EICAR, the harmless test file of anti-virus makers, is put together
from two halves, so that no file of the repository is itself flagged.
"""

import contextlib
import hashlib
import io
import os
import resource
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.support.waiting import wait_for

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# A file with both is taken for malware by a rule of the test's own.
MARKS = (b"LUMEN_TEST_A", b"LUMEN_TEST_B")
_CLAMD = "/usr/sbin/clamd"
_HEADER_BYTES = 512
# What installers/linux/README.md asks of a school's clamd, smaller.
CONFIGURATION: Mapping[str, str] = {
    "Foreground": "yes",
    "FixStaleSocket": "yes",
    "LocalSocketMode": "600",
    "MaxThreads": "4",
    "OfficialDatabaseOnly": "no",
    "StreamMaxLength": "100M",
    "MaxScanSize": "2000M",
    "MaxFileSize": "2000M",
    "MaxFiles": "10000",
    "MaxRecursion": "12",
    "MaxScanTime": "60000",
    "AlertEncryptedArchive": "yes",
    "AlertEncryptedDoc": "yes",
    "AlertExceedsMax": "yes",
    "ConcurrentDatabaseReload": "no",
    "ExitOnOOM": "yes",
    "CommandReadTimeout": "30",
    "ReadTimeout": "300",
}


class Clamd:
    """One daemon; `start` again after `stop` or `kill` is a restart."""

    def __init__(self, folder: Path, configuration: Mapping[str, str]) -> None:
        self.folder = folder
        self.socket = folder / "clamd.sock"
        self.database = folder / "db"
        self._configuration = configuration
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Run it until it answers."""
        (self.folder / "tmp").mkdir(exist_ok=True)
        settings = {
            "LocalSocket": self.socket,
            "DatabaseDirectory": self.database,
            "TemporaryDirectory": self.folder / "tmp",
            "LogFile": self.folder / "clamd.log",
            **({"User": "root"} if os.geteuid() == 0 else {}),
            **self._configuration,
        }
        lines = "".join(f"{name} {value}\n" for name, value in settings.items())
        (self.folder / "clamd.conf").write_text(lines, encoding="utf-8")
        with (self.folder / "said").open("wb") as said:
            self._process = subprocess.Popen(
                [_CLAMD, f"--config-file={self.folder / 'clamd.conf'}"], stdout=said, stderr=said
            )
        wait_for(self._answers, "clamd answers", seconds=60, step=0.05)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "said").read_text(errors="replace")
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(5)
            asked.connect(str(self.socket))
            asked.sendall(b"zPING\0")
            return asked.recv(16) == b"PONG\0"
        return False

    def pause(self) -> None:
        """Have it hang."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def leave_memory(self, more: int | None) -> None:
        """Let it have so many bytes of address space beyond what it has now; None: as many as it wants."""
        _, hard = resource.prlimit(self.pid, resource.RLIMIT_AS)
        soft = hard
        if more is not None:
            # In pages: the first number of statm.
            pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[0])
            soft = pages * resource.getpagesize() + more
        resource.prlimit(self.pid, resource.RLIMIT_AS, (soft, hard))

    def kill(self) -> None:
        """End it as the kernel does when memory runs out."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)
            self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self.go_on()
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None


def write_signatures(database: Path, *, made: datetime | None = None, eicar: bool = True) -> None:
    """Make a database that clamd says was made at `made`: an unsigned container named as the daily one is."""
    made = made or datetime.now(UTC)
    files = {"safety.ldb": _rule("Lumen.Test.Marks", *MARKS)}
    if eicar:
        files["safety.hdb"] = f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test-Signature\n"
        files["safety.hsb"] = f"{hashlib.sha256(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test-Sha256\n"
        files["safety.ndb"] = f"Eicar-Body:0:*:{EICAR.hex()}\n"
    signatures = sum(text.count("\n") for text in files.values())
    words = [
        "ClamAV-VDB",
        made.strftime("%d %b %Y %H-%M %z"),
        "1",
        str(signatures),
        "90",
        "X" * 32,
        "X",
        "test",
        str(int(made.timestamp())),
    ]
    header = ":".join(words)
    listed = [f"{header}\n"]
    listed += [
        f"{name}:{len(text)}:{hashlib.sha256(text.encode()).hexdigest()}\n" for name, text in files.items()
    ]
    content = {"COPYING": "made for a test\n", "daily.info": "".join(listed), **files}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for name, text in content.items():
            about = tarfile.TarInfo(name)
            about.size = len(text)
            archive.addfile(about, io.BytesIO(text.encode()))
    database.mkdir(parents=True, exist_ok=True)
    aside = database.parent / "daily.cud.new"
    aside.write_bytes(header.encode().ljust(_HEADER_BYTES) + packed.getvalue())
    aside.replace(database / "daily.cud")


def _rule(name: str, first: bytes, second: bytes) -> str:
    return f"{name};Engine:81-255,Target:0;0&1;{first.hex()};{second.hex()}\n"


@contextlib.contextmanager
def running_clamd(
    configuration: Mapping[str, str] | None = None, *, made: datetime | None = None, eicar: bool = True
) -> Iterator[Clamd]:
    """Run one; `configuration` replaces lines of `CONFIGURATION`. Its folder is short: a socket's path is."""
    folder = Path(tempfile.mkdtemp(prefix="clamd-"))
    clamd = Clamd(folder, {**CONFIGURATION, **(configuration or {})})
    write_signatures(clamd.database, made=made, eicar=eicar)
    try:
        clamd.start()
        yield clamd
    finally:
        clamd.stop()
        shutil.rmtree(folder)
