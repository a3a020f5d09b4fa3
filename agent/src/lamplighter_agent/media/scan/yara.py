"""Rules of a school's own as a further engine, by yara-x, where it is installed (the extra `yara`).

It needs no daemon and looks at the first 64 MB of a file. It only ever adds findings: without clamd nothing
is clean, whatever this says.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lamplighter_agent.backends.select_files import disk
from lamplighter_agent.media.scan.engine import EngineBroken, Readiness, Session
from lamplighter_agent.media.scan.found import unread
from lamplighter_agent.media.scan.outcome import Reason

LOOKS_AT_BYTES = 64 << 20
_SUFFIXES = frozenset({".yar", ".yara"})


class Yara:
    """Fills `Engine`. The rules are read once, by `readiness`; one that can't be read makes it unfit."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._rules: Any = None

    def readiness(self) -> Readiness:
        """Compile the rules."""
        try:
            import yara_x  # noqa: PLC0415 - an extra
        except ImportError:
            return Readiness(reason=Reason.RULES_UNFIT)
        compiler = yara_x.Compiler()
        try:
            for path in _files(self._folder):
                compiler.add_source(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, yara_x.CompileError):
            return Readiness(reason=Reason.RULES_UNFIT)
        self._rules = compiler.build()
        return Readiness(reason=Reason.CLEAN, engine="yara-x")

    def session(self) -> Session:
        """Return one that uses the compiled rules."""
        if self._rules is None:
            raise EngineBroken(Reason.RULES_UNFIT)
        return _YaraSession(self._rules)


class _YaraSession:
    """Fills `Session`."""

    def __init__(self, rules: Any) -> None:
        # A scanner of theirs may be used only where it was made, and sessions are handed to threads.
        self._rules = rules

    def begin(self, descriptor: int) -> int:
        # It has no process of its own that could look meanwhile.
        return descriptor

    def end(self, number: int) -> Reason:
        try:
            content = disk.read_at(number, LOOKS_AT_BYTES, 0)
        except OSError as error:
            return unread(error)
        try:
            return Reason.MALWARE if self._rules.scan(content).matching_rules else Reason.CLEAN
        except BaseException:  # noqa: BLE001 - its errors may tell of the content, and its panics are no Exceptions
            raise EngineBroken(Reason.ENGINE_FAILED) from None

    def takes(self, size: int) -> bool:  # noqa: ARG002 - it looks at the start of what is larger, and says so
        return True

    def close(self) -> None:
        """Nothing is open."""


def _files(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
