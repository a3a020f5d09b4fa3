"""Portable media without permission: what a medium that came or went becomes. Pure.

No permission can be given yet, so every medium is one without. Its label and its files are never looked at;
what it says of itself (vendor, model, serial number, size) is what a technician needs to find it again.
"""

import hashlib

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.backends.ports import MediaChange, Medium
from lamplighter_agent.clock import Clock
from lamplighter_agent.detection import Detection, Speaker, new_id

THEME = "unapproved-media"
SEVERITY = 2
_LONGEST = 64
_UNITS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"))


def detection_of(change: MediaChange, speaker: Speaker | None, clock: Clock) -> Detection:
    """Return what is recorded; `speaker` is who was signed in, None where that is not one person."""
    now = clock.now()
    verb = "arrived" if change.present else "removed"
    return Detection(
        id=new_id(now),
        observed_at=now,
        source=pb.SOURCE_PORTABLE_MEDIA,
        severity=SEVERITY,
        user="" if speaker is None else speaker.user,
        user_kind=pb.USER_KIND_UNSPECIFIED if speaker is None else speaker.kind,
        place=pb.PLACE_UNSPECIFIED if speaker is None else speaker.place,
        identity=pb.IDENTITY_CONFIDENCE_UNKNOWN if speaker is None else speaker.identity,
        application=described(change.medium),
        theme=THEME,
        # With the medium in the name: repeats of one term are only counted, and two sticks are no repeat.
        term=f"media-{verb}:{_mark(change.medium)}",
        lane=change.route.replace(" ", "-"),
        addends=(("portable media without permission", SEVERITY),),
    )


def described(medium: Medium) -> str:
    """One line for a reader, such as "USB, Example Stick, serial 0042, 16 GB"."""
    name = " ".join(part for part in (_short(medium.vendor), _short(medium.model)) if part)
    serial = _short(medium.serial)
    parts = (
        medium.bus.upper(),
        name or "no name",
        f"serial {serial}" if serial else "no serial number",
        _size(medium.size_bytes),
    )
    return ", ".join(parts)


def _mark(medium: Medium) -> str:
    told = "\0".join((medium.bus, medium.vendor, medium.model, medium.serial, str(medium.size_bytes)))
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()[:12]


def _short(text: str) -> str:
    """A stick may call itself anything: printable and not long."""
    return "".join(letter for letter in text if letter.isprintable())[:_LONGEST].strip()


def _size(size: int) -> str:
    for unit, name in _UNITS:
        if size >= unit:
            return f"{round(size / unit)} {name}"
    return f"{size} bytes"
