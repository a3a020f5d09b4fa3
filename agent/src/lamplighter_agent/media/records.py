"""What of portable media goes on record: findings, receipts and requests. Pure but for new ids.

A medium is described by what it says of itself. Never by its label, and no name of a file is anywhere here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lamplighter_keywords.media.permission import Access
from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.backends.media_ports import Medium
from lamplighter_agent.clock import Clock
from lamplighter_agent.detection import Detection, Speaker, new_id
from lamplighter_agent.media.faults import Fault
from lamplighter_agent.media.found import described, mark_of, name_of
from lamplighter_agent.media.rules import UNAPPROVED, Decision, Reason, Scanned
from lamplighter_agent.media.scan.outcome import Verdict
from lamplighter_agent.media.scanning import identity_of

_VERDICTS = {
    Verdict.CLEAN: pb.MEDIA_VERDICT_CLEAN,
    Verdict.INFECTED: pb.MEDIA_VERDICT_INFECTED,
    Verdict.INCOMPLETE: pb.MEDIA_VERDICT_INCOMPLETE,
    Verdict.GONE: pb.MEDIA_VERDICT_GONE,
}
_ACCESS = {
    Access.READ_ONLY: pb.MEDIA_ACCESS_READ_ONLY,
    Access.READ_WRITE: pb.MEDIA_ACCESS_READ_WRITE,
}
# What a severity is made of, in a reader's words.
_ADDENDS = {
    Reason.DECEPTIVE: "storage that is also a keyboard or a network card",
    Reason.EXPIRED: "the permission has ended",
    Reason.NOT_YET: "the permission begins later",
    Reason.SUSPENDED: "the permission rests since a scan that was not clean",
    Reason.MEMORY_LOST: "the device lost what it knew of scans: all rests until its next list of permissions",
    Reason.REGISTER_OLD: "the list of permissions on the device is out of date",
    Reason.NO_NAME: "a medium without a serial number, which nobody can permit",
    Reason.NOT_THE_SAME: "it says it is a medium that is permitted, and has another size",
    Reason.OTHER_MAKER: "it claims the serial number of a medium that is permitted, and is of another make",
    Reason.SERIAL_TWICE: "two media with one serial number are in at once: one of them is a copy",
    Reason.NOT_A_DRIVE: "a phone or camera, whose files can't be scanned",
    Reason.NOT_ENCRYPTED: "not encrypted, where that is asked",
    Reason.TOO_LARGE: "larger than what is scanned",
    Reason.OLD_SIGNATURES: "the virus signatures of the device are too old",
    Reason.INFECTED: "malware was found on it",
    Reason.STILL_IN_USE: "taken off the system, since it was still used after it was taken back",
}
_FAULTS = {
    Fault.LOCKED_FILE: "a file or archive on it is locked with a password",
    Fault.TOO_MUCH: "a file on it is too large or too deep to be looked into, or there are too many",
    Fault.FILE_SYSTEM: "a file system that this device can't read",
    Fault.NOT_EJECTED: "it was pulled out of another computer without being ejected",
    Fault.DAMAGED: "part of it could not be read: it may be damaged",
    Fault.NO_ORDINARY_FILE: "it has links that lead out of it, or what is no ordinary file",
    Fault.ODD_LABEL: "its label has control characters or others that hide what it says",
    Fault.SCANNER: "the virus scanner of the device did not work",
}
_MOST_ACCOUNTS = 4
WITHOUT = "portable media without permission"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asked for; `reason` is of `telling.REASONS`."""

    reason: str
    read_write: bool


def finding_of(
    medium: Medium, decision: Decision, speaker: Speaker | None, clock: Clock, *, present: bool, route: str
) -> Detection:
    """Return what is recorded of a decision; `speaker` is who was signed in, None where not one person."""
    verb = "arrived" if present else "removed"
    came = decision.theme == UNAPPROVED and decision.reason is not Reason.STILL_IN_USE
    what = f"media-{verb}" if came else decision.reason.value
    of_the_scan = WITHOUT if decision.fault is None else _FAULTS[decision.fault]
    words = _ADDENDS.get(decision.reason, of_the_scan) + _by(decision.accounts)
    return replace(
        _blank(speaker, clock, pb.SOURCE_PORTABLE_MEDIA, decision.severity),
        application=described(medium),
        theme=decision.theme,
        # With the medium in the name: repeats of one term are only counted, and two sticks are no repeat.
        term=f"{what}:{mark_of(medium)}",
        lane=route.replace(" ", "-"),
        addends=((words, decision.severity),),
    )


def _by(accounts: Sequence[int]) -> str:
    """Name accounts by the system's numbers, which is all that is known of a program."""
    numbers = ", ".join(str(one) for one in accounts[:_MOST_ACCOUNTS])
    return f", by account {numbers}" if numbers else ""


def receipt_of(
    medium: Medium, scanned: Scanned, decision: Decision, speaker: Speaker | None, clock: Clock, *, until: int
) -> Detection:
    """Return the receipt of a scan; `until` is when it ends, 0 where nothing was released."""
    outcome = scanned.outcome
    clean = outcome.verdict is Verdict.CLEAN
    receipt = pb.MediaReceipt(
        medium=_identity(medium),
        tree_digest=bytes.fromhex(outcome.digest),
        verdict=_VERDICTS[outcome.verdict],
        reason="" if clean else outcome.reason.value,
        engine=outcome.engine,
        files=outcome.files,
        bytes=outcome.bytes,
        infected=outcome.infected,
        unscanned=outcome.unscanned,
        kinds=dict(outcome.kinds),
        permission=decision.permission,
        access=_ACCESS[decision.access] if until else pb.MEDIA_ACCESS_UNSPECIFIED,
    )
    receipt.made_at.FromDatetime(_moment(scanned.at))
    if outcome.signatures_at:
        receipt.signatures_at.FromDatetime(_moment(outcome.signatures_at))
    if until:
        receipt.expires_at.FromDatetime(_moment(until))
    return replace(_blank(speaker, clock, pb.SOURCE_MEDIA_RECEIPT, 0), receipt=receipt)


def request_of(medium: Medium, request: Request, speaker: Speaker, clock: Clock) -> Detection:
    """Return what goes to the technicians' list, and as a sighting to the queue."""
    asked = pb.MediaRequest(medium=_identity(medium), reason=request.reason, read_write=request.read_write)
    return replace(
        _blank(speaker, clock, pb.SOURCE_MEDIA_REQUEST, 1),
        application=described(medium),
        theme=UNAPPROVED,
        addends=(("asked for permission on the screen", 1),),
        request=asked,
    )


def _blank(speaker: Speaker | None, clock: Clock, source: pb.Source.ValueType, severity: int) -> Detection:
    now = clock.now()
    made = new_id(now)
    return Detection(
        id=made,
        observed_at=now,
        source=source,
        severity=severity,
        user="" if speaker is None else speaker.user,
        user_kind=pb.USER_KIND_UNSPECIFIED if speaker is None else speaker.kind,
        place=pb.PLACE_UNSPECIFIED if speaker is None else speaker.place,
        identity=pb.IDENTITY_CONFIDENCE_UNKNOWN if speaker is None else speaker.identity,
        # A term of its own: repeats of one term are only counted.
        term=f"media:{made.hex()}",
    )


def _identity(medium: Medium) -> pb.MediumIdentity:
    name = identity_of(medium)
    return pb.MediumIdentity(
        bus=name.bus,
        vendor=name.vendor,
        product=name.product,
        serial=name.serial,
        name=name_of(medium),
        size_bytes=medium.size_bytes,
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
