"""What a scan of a portable medium came to. Pure.

Only an explicit `Verdict.CLEAN` may ever release a medium. A clean one means: every byte of every file was
read by this agent without an error, each file got an explicit OK of every engine, the engines were found to
be fit with signatures that are not too old, and the medium was the same at the end as at the start.

Neither a name of a file or folder nor a label is ever in here: the reasons and the kinds are from fixed
lists, and the digest is of names and contents together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What may be done with the medium."""

    CLEAN = "clean"
    INFECTED = "infected"
    # Something was not looked at, or could not be: never released.
    INCOMPLETE = "incomplete"
    # It was taken out, or became another, while it was looked at.
    GONE = "gone"


class Reason(StrEnum):
    """Why, as a slug. Where there are several the first of this list is told."""

    MALWARE = "malware"
    MEDIUM_GONE = "medium-gone"
    MOUNT_CHANGED = "mount-changed"
    # The engine.
    ENGINE_MISSING = "engine-missing"
    ENGINE_HUNG = "engine-hung"
    ENGINE_FAILED = "engine-failed"
    # It lets pass what it could not look into.
    ENGINE_UNFIT = "engine-unfit"
    # The school's own YARA rules, or what reads them.
    RULES_UNFIT = "rules-unfit"
    SIGNATURES_MISSING = "signatures-missing"
    SIGNATURES_STALE = "signatures-stale"
    # The medium as a whole.
    FILE_SYSTEM_UNKNOWN = "file-system-unknown"
    NOT_MOUNTABLE = "not-mountable"
    # Its journal holds changes that whoever mounts it next would see and we would not.
    NOT_EJECTED = "not-ejected"
    SCANNER_FAILED = "scanner-failed"
    SCANNER_HUNG = "scanner-hung"
    OUT_OF_MEMORY = "out-of-memory"
    STILL_MOUNTED = "still-mounted"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    # Single files and folders.
    READ_ERROR = "read-error"
    ENCRYPTED_CONTENT = "encrypted-content"
    OVER_LIMIT = "over-limit"
    # ClamAV would say OK to it without having looked.
    ARCHIVE_UNREADABLE = "archive-unreadable"
    TOO_DEEP = "too-deep"
    LINK = "link"
    NOT_A_FILE = "not-a-file"
    OTHER_FILE_SYSTEM = "other-file-system"
    # Clean.
    UNCHANGED = "unchanged"
    CLEAN = "clean"


_RANK = {reason: rank for rank, reason in enumerate(Reason)}
_GONE = frozenset({Reason.MEDIUM_GONE, Reason.MOUNT_CHANGED})
_CLEAN = frozenset({Reason.UNCHANGED, Reason.CLEAN})


def gravest(*reasons: Reason) -> Reason:
    """Return the first of them in the order of the list; CLEAN for none."""
    return min(reasons, key=_RANK.__getitem__, default=Reason.CLEAN)


def verdict_of(reason: Reason) -> Verdict:
    """Return the verdict that a reason stands for; whatever is not told of here is incomplete."""
    if reason is Reason.MALWARE:
        return Verdict.INFECTED
    if reason in _GONE:
        return Verdict.GONE
    return Verdict.CLEAN if reason in _CLEAN else Verdict.INCOMPLETE


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLimits:
    """How far a scan goes. What is beyond is unscanned, so the outcome is incomplete."""

    # Signatures that are older, in days, count as none.
    stale_days: int = 7
    # All files together; a medium whose files claim more is not read through.
    largest_bytes: int = 256 * 10**9
    # One file. ClamAV looks into none that is larger.
    largest_file_bytes: int = 2**31 - 1
    most_files: int = 2_000_000
    deepest: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOutcome:
    """What one scan came to. Counts are of files; `unscanned` counts folders, links and other things too."""

    reason: Reason
    files: int = 0
    bytes: int = 0
    infected: int = 0
    unscanned: int = 0
    # How many files of which kind, from `kinds.KINDS`.
    kinds: Mapping[str, int] = field(default_factory=dict)
    # SHA-256 of all names and contents, hex; "" unless everything was read.
    digest: str = ""
    # Such as "ClamAV 1.4.6".
    engine: str = ""
    # When the engine's signatures were made, milliseconds since 1970 UTC; 0 where it doesn't say.
    signatures_at: int = 0

    @property
    def verdict(self) -> Verdict:
        """What may be done with the medium."""
        return verdict_of(self.reason)

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        told: dict[str, Any] = {name: getattr(self, name) for name in _FIELDS}
        return told | {"reason": self.reason.value, "kinds": dict(self.kinds)}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "ScanOutcome":
        """Read what a scanner's process says; ValueError, KeyError or TypeError where it is no outcome."""
        counts = {name: _count(told[name]) for name in _COUNTS}
        texts = {name: _text(told[name]) for name in _TEXTS}
        kinds = {_text(kind): _count(count) for kind, count in dict(told["kinds"]).items()}
        return cls(reason=Reason(told["reason"]), kinds=kinds, **counts, **texts)  # type: ignore[arg-type]


_COUNTS = ("files", "bytes", "infected", "unscanned", "signatures_at")
_TEXTS = ("digest", "engine")
_FIELDS = (*_COUNTS, *_TEXTS)


def _count(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
