"""ClamAV's daemon as an engine, over its socket: VERSION for what it is, FILDES for files.

FILDES is one message that carries a descriptor; the answer is one line. clamd numbers what it is asked on one
connection and answers in any order. Only an answer that is whole, bears the number of a file that waits for
one and says OK is a clean one. `Heuristics.Encrypted` and `Heuristics.Limits` come as findings, and
mean that it could not look inside.

clamd's own configuration may have it say OK for what it did not look into, and without signatures it says OK
to everything. So it is not asked for its settings: it is tried, with the harmless test file of anti-virus
makers, an archive with a password and a file that is too large. If it lets one pass, it is not fit.
"""

import os
import re
import socket
import struct
import time
from array import array
from dataclasses import replace

from lamplighter_agent.backends.select_files import scratch
from lamplighter_agent.media.scan.engine import EngineBroken, Readiness, Session
from lamplighter_agent.media.scan.outcome import Reason

_LONGEST_ANSWER = 1024
_ANSWER = re.compile(rb"(?P<number>\d{1,18}): fd\[\d+\]: (?:(?P<clean>OK)|(?P<name>[^\0]+) FOUND)\0")
_NO_MEMORY = re.compile(rb"\d{1,18}: fd\[\d+\]: Can't allocate memory ERROR\0")
_HEURISTICS = {
    b"Heuristics.Encrypted.": Reason.ENCRYPTED_CONTENT,
    b"Heuristics.Limits.": Reason.OVER_LIMIT,
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# "1: ClamAV 1.4.6/27500/Sun Nov 22 08:00:00 2026" in local time; without a daily container the name alone.
_VERSION = re.compile(
    r"\d+: (?P<engine>ClamAV [\w.+~-]{1,40})"
    r"(?:/(?P<database>\d+)/\w{3} (?P<month>\w{3}) +(?P<day>\d+) (?P<hour>\d+):(?P<minute>\d+):\d+"
    r" (?P<year>\d{4}))?",
    re.ASCII,
)
# In halves: together they are what every scanner takes for malware, and this file is not.
_TEST_FILE = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_TOO_LARGE = 5 * 2**30
# clamd hangs up where it is asked nothing for some time (CommandReadTimeout, 30 s by default), and reading or
# unpacking a large file may take longer.
_IDLE_S = 5.0


class Clamd:
    """Fills `Engine`. For threads: each with a session of its own."""

    def __init__(self, path: str, *, answers_within_s: float) -> None:
        """Take its socket, and how long it may take over one file."""
        self._path = path
        self._answers_within_s = answers_within_s

    def readiness(self) -> Readiness:
        """Ask its version and try it out."""
        try:
            session = _ClamdSession(self._path, self._answers_within_s)
        except EngineBroken as broken:
            return Readiness(reason=broken.reason)
        try:
            told = _version(session.version())
            return replace(told, reason=_tried(session))
        except EngineBroken as broken:
            return Readiness(reason=broken.reason)
        except (OSError, ValueError):
            return Readiness(reason=Reason.ENGINE_FAILED)
        finally:
            session.close()

    def session(self) -> Session:
        """Open a connection for many files."""
        return _ClamdSession(self._path, self._answers_within_s)


class _ClamdSession:
    """Fills `Session`."""

    def __init__(self, path: str, answers_within_s: float) -> None:
        self._path = path
        self._answers_within_s = answers_within_s
        # How often it was asked: on connections before this one, and on this one, where clamd counts, too.
        self._before = self._number = 0
        # Of files: what waits for an answer, and answers that nobody has asked for yet.
        self._waiting: set[int] = set()
        self._answered: dict[int, Reason] = {}
        # Sizes that were tried: the largest that it looks at, the smallest that it doesn't.
        self._taken, self._refused = 0, _TOO_LARGE
        self._connect()

    def _connect(self) -> None:
        self._asked_at, self._kept = time.monotonic(), b""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(self._answers_within_s)
            self._socket.connect(self._path)
            self._socket.sendall(b"zIDSESSION\0")
        except OSError as error:
            self._socket.close()
            raise EngineBroken(_why(error)) from None

    def version(self) -> str:
        self._send(b"zVERSION\0", [])
        return self._answer().decode("ascii", "replace")

    def begin(self, descriptor: int) -> int:
        # The command, and the one byte that the descriptor rides on.
        self._send(b"zFILDES\0\0", [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [descriptor]))])
        self._waiting.add(self._before + self._number)
        return self._before + self._number

    def _send(self, command: bytes, rights: list[tuple[int, int, "array[int]"]]) -> None:
        if not self._waiting and time.monotonic() - self._asked_at > _IDLE_S:
            self._socket.close()
            self._before, self._number = self._before + self._number, 0
            self._connect()
        self._asked_at = time.monotonic()
        self._number += 1
        try:
            self._socket.sendmsg([command], rights)
        except OSError as error:
            raise EngineBroken(_why(error)) from None

    def end(self, number: int) -> Reason:
        while number not in self._answered:
            self._take(self._answer())
        return self._answered.pop(number)

    def _take(self, line: bytes) -> None:
        if _NO_MEMORY.fullmatch(line):
            raise EngineBroken(Reason.OUT_OF_MEMORY)
        answer = _ANSWER.fullmatch(line)
        number = 0 if answer is None else self._before + int(answer["number"])
        if answer is None or number not in self._waiting:
            raise EngineBroken(Reason.ENGINE_FAILED)
        self._waiting.remove(number)
        if answer["clean"]:
            self._answered[number] = Reason.CLEAN
            return
        # Neither is a finding: it could not look inside.
        why = (why for name, why in _HEURISTICS.items() if answer["name"].startswith(name))
        self._answered[number] = next(why, Reason.MALWARE)

    def _answer(self) -> bytes:
        """Read to the first zero byte: without it an answer is not whole."""
        while b"\0" not in self._kept:
            if len(self._kept) > _LONGEST_ANSWER:
                raise EngineBroken(Reason.ENGINE_FAILED)
            try:
                more = self._socket.recv(_LONGEST_ANSWER)
            except OSError as error:
                raise EngineBroken(_why(error)) from None
            if not more:
                raise EngineBroken(Reason.ENGINE_FAILED)
            self._kept += more
        answer, _, self._kept = self._kept.partition(b"\0")
        return answer + b"\0"

    def takes(self, size: int) -> bool:
        """Try it out with a file without content: the limit is clamd's own setting, which it doesn't tell."""
        if self._taken < size < self._refused:
            if _judged(self, b"", size) is Reason.CLEAN:
                self._taken = size
            else:
                self._refused = size
        return size <= self._taken

    def close(self) -> None:
        self._socket.close()


def _tried(session: Session) -> Reason:
    """Return CLEAN where it finds what it must find, and tells of what it can't look into."""
    if _judged(session, _TEST_FILE) is not Reason.MALWARE:
        return Reason.SIGNATURES_MISSING
    if _judged(session, locked_archive()) is not Reason.ENCRYPTED_CONTENT:
        return Reason.ENGINE_UNFIT
    if _judged(session, b"", _TOO_LARGE) is not Reason.OVER_LIMIT:
        return Reason.ENGINE_UNFIT
    return Reason.CLEAN


def _judged(session: Session, content: bytes, size: int = 0) -> Reason:
    descriptor = scratch.nameless()
    try:
        os.write(descriptor, content)
        if size:
            # Without content: it takes no memory.
            os.truncate(descriptor, size)
        return session.end(session.begin(descriptor))
    finally:
        os.close(descriptor)


def locked_archive() -> bytes:
    """Return a zip archive whose one file needs a password."""
    name, content = b"a", bytes(13)
    shared = struct.pack("<HHHHHIIIHH", 20, 1, 0, 0, 0x21, 0x1234, len(content), 1, len(name), 0)
    local = b"PK\3\4" + shared + name + content
    central = b"PK\1\2" + struct.pack("<H", 20) + shared + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + b"PK\5\6" + end


def _version(text: str) -> Readiness:
    """Read what clamd says of itself; raises ValueError where it isn't clamd."""
    told = _VERSION.match(text)
    if told is None:
        raise ValueError("not a version")
    made = 0
    if told["database"]:
        day, hour, minute, year = (int(told[part]) for part in ("day", "hour", "minute", "year"))
        local = (year, _MONTHS.index(told["month"]) + 1, day, hour, minute, 0, 0, 1, -1)
        made = int(time.mktime(local)) * 1000
    return Readiness(reason=Reason.CLEAN, engine=told["engine"], signatures_at=made)


def _why(error: OSError) -> Reason:
    if isinstance(error, TimeoutError):
        return Reason.ENGINE_HUNG
    if isinstance(error, FileNotFoundError | ConnectionRefusedError | PermissionError | NotADirectoryError):
        return Reason.ENGINE_MISSING
    return Reason.ENGINE_FAILED
