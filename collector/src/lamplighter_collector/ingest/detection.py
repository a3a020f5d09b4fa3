"""What a device delivered, validated.

The collector's own words for it, free of the wire and of the database.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from lamplighter_collector.devices.identity import DeviceName


class UserKind(IntEnum):
    """Who was signed in, as the device's policy says."""

    UNKNOWN = 0
    PUPIL = 1
    STAFF = 2


class Identity(IntEnum):
    """How sure it is who sat at the device, as the device says. A label and nothing else."""

    NOT_TOLD = 0
    NAMED = 1
    SHARED = 2
    KIOSK = 3
    OTHER = 4
    UNKNOWN = 5


class Place(IntEnum):
    """Where the device was: one bit, and not sure counts as away."""

    NOT_TOLD = 0
    ON_SITE = 1
    AWAY = 2


class Source(IntEnum):
    """How the words came to the device."""

    TYPED = 1
    PASTED = 2
    WINDOW_TITLE = 3
    PORTABLE_MEDIA = 5
    HELP_BUTTON = 6
    MEDIA_REQUEST = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The matched words and at most 40 characters either side; empty for a record that only counts."""

    before: str = field(repr=False)
    matched: str = field(repr=False)
    after: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One observation that matched one term. Severity 1 carries no user, application, term or words."""

    origin: DeviceName
    id: bytes
    user: str = field(repr=False)
    user_kind: UserKind
    identity: Identity
    place: Place
    source: Source
    application: str = field(repr=False)
    theme: str
    term: str
    list_version: str
    severity: int
    lane: str
    evidence: Evidence = field(repr=False)
    addends: tuple[tuple[str, int], ...] = field(repr=False)
    observed_at_ms: int
    utc_offset_minutes: int
    weight: int
    typed_then_deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody answered to the notice at sign-in. No detection: it is never an incident."""

    origin: DeviceName
    id: bytes
    user: str = field(repr=False)
    user_kind: UserKind
    accepted: bool
    version: str
    policy: str
    language: str
    reading_age: str
    answered_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A portable medium, by its own word; what can't be written of it is left out."""

    bus: str
    vendor: str
    product: str
    serial: str
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a scan of a medium came to. No detection: it is never an incident."""

    origin: DeviceName
    id: bytes
    user: str = field(repr=False)
    user_kind: UserKind
    medium: Medium
    tree_digest: str
    verdict: int
    reason: str
    engine: str
    signatures_at_ms: int | None
    made_at_ms: int
    expires_at_ms: int | None
    files: int
    bytes: int
    infected: int
    unscanned: int
    kinds: tuple[tuple[str, int], ...]
    permission: str
    access: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody asked to use a medium: a sighting like others, and what a technician answers."""

    detection: Detection
    medium: Medium
    reason: str
    read_write: bool

    @property
    def origin(self) -> DeviceName:
        return self.detection.origin

    @property
    def id(self) -> bytes:
        return self.detection.id

    @property
    def user(self) -> str:
        return self.detection.user


Item = Detection | Answer | Receipt | Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A counted record of something dropped or unseen."""

    origin: DeviceName
    id: bytes
    reason: int
    count: int
    first_at_ms: int
    last_at_ms: int
