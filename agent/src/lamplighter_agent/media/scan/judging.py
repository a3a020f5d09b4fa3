"""What one file comes to: it is read while the engines look at it.

What is not large is copied into memory, and the copy is what the engines get: they judge the very bytes that
were read, and ClamAV, which finds out what a descriptor's file is called and writes that into its log when it
finds something, finds no name.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lamplighter_agent.media.scan.contents import contents_of, pieces
from lamplighter_agent.media.scan.engine import Session
from lamplighter_agent.media.scan.kinds import kind_of
from lamplighter_agent.media.scan.outcome import RANK, Reason
from lamplighter_agent.media.scan.tree import File, unread

COPIED_BYTES = 8 << 20

Guard = Callable[[int, Session], Reason]
"""Unpacks, with limits, what an engine can't, and has it judge the parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a file came to. CLEAN only where it was read whole and every engine said so."""

    reason: Reason
    digest: bytes = b""
    kind: str = ""


class Judge:
    """One thread's judge, with sessions of its own. Without sessions it reads only."""

    def __init__(self, sessions: Sequence[Session], guard: Guard) -> None:
        self._sessions = sessions
        self._guard = guard

    def judge(self, file: File) -> Judged:
        """Read and judge a file and close it; raises EngineBroken."""
        try:
            if not self._sessions or file.size > COPIED_BYTES:
                return self._judged(file, file.descriptor, pieces(file.descriptor, file.size))
            try:
                content = list(pieces(file.descriptor, file.size))
            except OSError as error:
                return Judged(reason=unread(error))
            copy = _copied(content)
            try:
                return self._judged(file, copy, content)
            finally:
                os.close(copy)
        finally:
            os.close(file.descriptor)

    def _judged(self, file: File, descriptor: int, read: Iterable[bytes]) -> Judged:
        for session in self._sessions:
            session.begin(descriptor)
        contents, failed = None, []
        try:
            contents = contents_of(read)
        except OSError as error:
            failed = [unread(error)]
        reason = _gravest([*failed, *(session.end() for session in self._sessions)])
        if contents is None:
            return Judged(reason=reason)
        if contents.archive and reason is Reason.CLEAN:
            reason = self._inside(descriptor)
        return Judged(reason=reason, digest=contents.digest, kind=kind_of(file.path, contents.start))

    def _inside(self, descriptor: int) -> Reason:
        try:
            return _gravest([self._guard(descriptor, session) for session in self._sessions])
        except OSError as error:
            return unread(error)

    def close(self) -> None:
        for session in self._sessions:
            session.close()


def _gravest(reasons: Sequence[Reason]) -> Reason:
    return min(reasons, key=RANK.__getitem__, default=Reason.CLEAN)


def _copied(content: Sequence[bytes]) -> int:
    """Put it into memory that is a file without a name."""
    copy = os.memfd_create("", os.MFD_CLOEXEC)
    for piece in content:
        os.write(copy, piece)
    return copy
