"""What one file comes to: it is read while the engines look at it, and at those before it.

What is not large is copied into memory, and the copy is what the engines get: they judge the very bytes that
were read, and ClamAV, which finds out what a descriptor's file is called and writes that into its log when it
finds something, finds no name.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lamplighter_agent.backends.select_files import scratch
from lamplighter_agent.media.scan.contents import Contents, contents_of, pieces
from lamplighter_agent.media.scan.engine import Session
from lamplighter_agent.media.scan.found import File, let_go, unread
from lamplighter_agent.media.scan.kinds import kind_of
from lamplighter_agent.media.scan.outcome import Reason, gravest

COPIED_BYTES = 8 << 20

Guard = Callable[[int, Session], Reason]
"""Unpacks, with limits, what an engine can't, and has it judge the parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a file came to. CLEAN only where it was read whole and every engine said so."""

    reason: Reason
    digest: bytes = b""
    kind: str = ""


class Begun:
    """A file that was read and that the engines look at. Whoever has it ends or closes it."""

    __slots__ = ("contents", "descriptor", "file", "memory", "numbers", "reason")

    def __init__(self, file: File) -> None:
        self.file = file
        # Of the file, or of the copy of it that takes so much memory.
        self.descriptor = file.descriptor
        self.memory = 0
        # What each session calls it; and what was wrong before the engines said anything.
        self.numbers: list[int] = []
        self.reason = Reason.CLEAN
        self.contents: Contents | None = None

    def close(self) -> None:
        let_go(self.descriptor)


class Judge:
    """Judges with one session of each engine, several files at a time. Without sessions it reads only."""

    def __init__(self, sessions: Sequence[Session], guard: Guard) -> None:
        self._sessions = sessions
        self._guard = guard

    def judge(self, file: File) -> Judged:
        """Read and judge a file and close it; raises EngineBroken."""
        return self.end(self.begin(file))

    def begin(self, file: File) -> Begun:
        """Read a file, which is then ours to close, and have it looked at; raises EngineBroken."""
        begun = Begun(file)
        try:
            self._read(begun)
        except BaseException:
            begun.close()
            raise
        return begun

    def _read(self, begun: Begun) -> None:
        read: Iterable[bytes] = pieces(begun.file.descriptor, begun.file.size)
        try:
            if self._sessions and begun.file.size <= COPIED_BYTES:
                read = list(read)
                _copy(begun, read)
            begun.numbers = [session.begin(begun.descriptor) for session in self._sessions]
            begun.contents = contents_of(read)
        except OSError as error:
            begun.reason = unread(error)

    def end(self, begun: Begun) -> Judged:
        """Return what it came to, once all engines have said so, and close it; raises EngineBroken."""
        try:
            numbers = zip(self._sessions, begun.numbers, strict=False)
            reason = gravest(begun.reason, *(session.end(number) for session, number in numbers))
            contents = begun.contents
            if contents is None:
                return Judged(reason=reason)
            if contents.archive and reason is Reason.CLEAN:
                reason = self._inside(begun.descriptor)
            kind = kind_of(begun.file.path, contents.start)
            return Judged(reason=reason, digest=contents.digest, kind=kind)
        finally:
            begun.close()

    def _inside(self, descriptor: int) -> Reason:
        try:
            return gravest(*(self._guard(descriptor, session) for session in self._sessions))
        except OSError as error:
            return unread(error)

    def close(self) -> None:
        for session in self._sessions:
            session.close()


def _copy(begun: Begun, content: Iterable[bytes]) -> None:
    """Put it into memory that is a file without a name, in the place of the file."""
    copy = scratch.nameless()
    begun.descriptor = copy
    let_go(begun.file.descriptor)
    for piece in content:
        os.write(copy, piece)
    begun.memory = begun.file.size
