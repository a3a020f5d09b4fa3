"""Portable media in plain sentences, for technicians.

No name of a file, no label; names of accounts only where somebody asked, was permitted or has borrowed: that
is what the register is for.
"""

import re
from dataclasses import dataclass, field
from datetime import time
from typing import Final

from lamplighter_keywords.media.permission import Access
from lamplighter_protos.v1 import detection_pb2

from lamplighter_collector.ingest.detection import UserKind
from lamplighter_collector.media.loans import Due
from lamplighter_collector.media.reminding import SOON_MS
from lamplighter_collector.media.retention import KEPT_DAYS
from lamplighter_collector.media.stopped import Stopped
from lamplighter_collector.media.unlocking import UnlockCode
from lamplighter_collector.media.values import LoanRecord, PermissionRecord, ReceiptRecord, RequestRecord
from lamplighter_collector.web.moments import day_words, here, moment_words, time_words
from lamplighter_collector.web.themes import theme_name

SPANS: Final = (
    ("2h", "2 hours"),
    ("8h", "8 hours"),
    ("7d", "7 days"),
    ("28d", "28 days"),
    ("day", "A day of your own, below"),
)
LAPTOPS_WORD: Final = (
    "Whose account it is, is the laptop's word: make sure who asks before you permit. Scans and requests are "
    f"deleted after {KEPT_DAYS} days, permissions and loans as long after they are over."
)
REVOKING: Final = (
    "The medium stops being usable within seconds on every laptop that is on line, on others once they are. "
    "What somebody has open on it and has not saved is lost."
)
_DONE: Final = {
    "granted": (
        "Permission {id} is given",
        "Laptops that are on line have it within seconds, others once they are. The scan still comes first.",
    ),
    "revoked": ("Permission {id} is revoked", REVOKING),
    "refused": ("The request is refused", "It is on record, and nothing was permitted."),
    "lent": ("Loan {id} is noted", "It permits nothing: a permission is given by itself."),
    "returned": ("Loan {id} is over", "The medium is noted as back, and can be lent again."),
    "renewed": ("Loan {id} runs longer", "It is reminded of anew when it comes due."),
}
_ID: Final = re.compile(r"m[pl]-[0-9a-f]{10}")
_LABELS: Final = {
    "medium": "Medium",
    "to": "Account",
    "group": "Whom for",
    "access": "What may be done with it",
    "until": "Until when",
    "day": "Day of your own",
    "reason": "Reason",
    "name": "What people call it",
    "asset tag": "Laptop",
    "serial": "Serial number",
}
_ERASED: Final = "an account that was erased"
_GROUPS: Final = {"pupil": "every pupil", "staff": "every member of staff"}
_ACCESS: Final = {Access.READ_ONLY: "read only", Access.READ_WRITE: "read and write"}
_KINDS: Final = {UserKind.PUPIL: "a pupil's account", UserKind.STAFF: "a member of staff's account"}
_FOR: Final = {
    "homework": "homework",
    "lesson": "a lesson",
    "photographs": "photographs",
    "work": "work",
    "other": "something else",
}
_VERDICTS: Final = {
    detection_pb2.MEDIA_VERDICT_CLEAN: "Clean",
    detection_pb2.MEDIA_VERDICT_INFECTED: "Something was found",
    detection_pb2.MEDIA_VERDICT_INCOMPLETE: "Not scanned to the end",
    detection_pb2.MEDIA_VERDICT_GONE: "Pulled out before the end",
}
# Slugs of the agent that say too little as they stand; an agent of later may have others.
_WHY: Final = {
    "medium-gone": "it was taken out",
    "mount-changed": "it became another while it was looked at",
    "engine-missing": "no virus scanner is there",
    "engine-hung": "the virus scanner does not answer",
    "engine-failed": "the virus scanner failed",
    "engine-unfit": "the virus scanner says clean to what it did not look into",
    "rules-unfit": "the school's YARA rules can't be read",
    "signatures-missing": "the virus scanner has no signatures",
    "signatures-stale": "the virus signatures are too old",
    "file-system-unknown": "a file system that the laptop can't read",
    "not-mountable": "it can't be read",
    "not-ejected": "it was pulled out of another computer before that was done",
    "scanner-failed": "the scan itself broke off",
    "scanner-hung": "the scan itself did not go on",
    "out-of-memory": "the laptop had too little memory for the scan",
    "still-mounted": "the scan could not let go of it",
    "read-error": "not all of it could be read",
    "encrypted-content": "a file or archive with a password",
    "over-limit": "a file too large or packed too deep to be looked into",
    "archive-unreadable": "an archive that can't be unpacked",
    "too-deep": "folders too deep to be looked into",
    "too-large": "more than is scanned",
    "too-many": "more files than are scanned",
    "link": "a link that leads out of it",
    "not-a-file": "something that is no ordinary file",
    "other-file-system": "another file system inside it",
}
_GIVEN: Final = {
    detection_pb2.MEDIA_ACCESS_UNSPECIFIED: "not released",
    detection_pb2.MEDIA_ACCESS_READ_ONLY: "released read only",
    detection_pb2.MEDIA_ACCESS_READ_WRITE: "released to read and write",
}
_UNITS: Final = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What the page says of a thing that was just done."""

    title: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """One request, with what can be answered."""

    reference: str
    person: str = field(repr=False)
    kind: str
    medium: str
    medium_id: str
    size: str
    wants: str
    device: str
    when: str
    refusal: str
    """Why it can't be granted at all; empty where it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionLine:
    """One permission that holds."""

    id: str
    medium: str
    medium_id: str
    whom: str = field(repr=False)
    may: str
    until: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanLine:
    """One medium that is lent."""

    id: str
    medium: str
    medium_id: str
    borrower: str = field(repr=False)
    due: str
    is_due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One scan."""

    medium: str
    medium_id: str
    device: str
    when: str
    verdict: str
    clean: bool
    counts: str
    scanned_by: str
    given: str


def request_line(one: RequestRecord, now_ms: int) -> RequestLine:
    wants = "to read and write" if one.read_write else "to read"
    purpose = _FOR.get(one.reason, one.reason.replace("-", " ") or "no reason told")
    refusal = ""
    if not one.what.medium.is_nameable:
        refusal = (
            "It has no serial number that tells it from others, so no permission can name it. "
            "Lend another stick instead."
        )
    elif not one.person:
        refusal = "Nobody is named for it. Ask around, then give a permission without a request, below."
    return RequestLine(
        reference=one.reference,
        person=one.person or "an unknown account",
        kind=_KINDS.get(UserKind(one.user_kind), "an account"),
        medium=one.what.words,
        medium_id=str(one.what.medium),
        size=size_words(one.size_bytes),
        wants=f"{wants}, for {purpose}",
        device=one.device,
        when=moment_words(one.received_at, now_ms),
        refusal=refusal,
    )


def permission_line(one: PermissionRecord, now_ms: int) -> PermissionLine:
    may = _ACCESS[one.access] + (", only if encrypted" if one.needs_encryption else "")
    return PermissionLine(
        id=one.id,
        medium=one.what.words,
        medium_id=str(one.what.medium),
        whom=_GROUPS.get(one.whom.group, "") or one.whom.person or _ERASED,
        may=may,
        until=_until_words(one.ends, now_ms),
        reason=one.reason,
    )


def _until_words(ends: int, now_ms: int) -> str:
    """A day to its end is told as that day, not as the midnight after it."""
    if here(ends).time() == time():
        return f"the end of {day_words(ends - 1)}"
    return moment_words(ends, now_ms)


def loan_line(one: LoanRecord, now_ms: int) -> LoanLine:
    day = day_words(one.due_at - 1)
    due = f"was due on {day}" if one.due_at <= now_ms else f"due on {day}"
    return LoanLine(
        id=one.id,
        medium=one.what.words + (", encrypted" if one.encrypted else ""),
        medium_id=str(one.what.medium),
        borrower=one.borrower or _ERASED,
        due=due,
        is_due=one.due_at <= now_ms + SOON_MS,
    )


def receipt_line(one: ReceiptRecord, now_ms: int) -> ReceiptLine:
    verdict = _VERDICTS.get(detection_pb2.MediaVerdict.ValueType(one.verdict), "An unknown verdict")
    signatures = f", signatures of {day_words(one.signatures_at)}" if one.signatures_at else ""
    return ReceiptLine(
        medium=one.what.words,
        medium_id=str(one.what.medium),
        device=one.device,
        when=moment_words(one.received_at, now_ms),
        verdict=f"{verdict} ({_why(one.reason)})" if one.reason else verdict,
        clean=one.verdict == detection_pb2.MEDIA_VERDICT_CLEAN,
        counts=_counts(one),
        scanned_by=f"{one.engine or 'nothing'}{signatures}",
        given=_GIVEN.get(detection_pb2.MediaAccess.ValueType(one.access), "not known"),
    )


def _why(reason: str) -> str:
    return _WHY.get(reason) or reason.replace("-", " ")


def stopped_line(one: Stopped, now_ms: int) -> str:
    times = "once" if one.count == 1 else f"{one.count} times"
    return f"{theme_name(one.theme)} on {one.device}, {times}, last at {moment_words(one.last_at, now_ms)}"


def done_message(deed: str, id_: str) -> Message | None:
    """What was done, from an address of ours; None for what no address of ours says."""
    told = _DONE.get(deed)
    if told is None or ("{id}" in told[0] and not _ID.fullmatch(id_)):
        return None
    return Message(title=told[0].format(id=id_), line=told[1])


def code_message(one: UnlockCode) -> Message:
    """The code, as it is read out. It stands on no other page."""
    return Message(
        title=f"The code for {one.serial} on {one.device} is {one.code[:4]} {one.code[4:]}",
        line=f"It is taken until {time_words(one.until)}, five tries an hour, and permits for four hours at "
        "most. The scan still comes first. That you made it is on record.",
    )


def problem_words(field_: str, problem: str) -> str:
    """What is wrong with a form, by the label that its field has there."""
    return f"{_LABELS.get(field_, field_)}: {problem}"


def waiting_words(requests: int, due: Due) -> str:
    """What waits on the page of portable media, for the page where technicians begin; empty for nothing."""
    told = []
    if requests:
        told.append("1 request waits" if requests == 1 else f"{requests} requests wait")
    if due.count:
        loans = "1 loan is or comes due" if due.count == 1 else f"{due.count} loans are or come due"
        more = " ..." if due.count > len(due.ids) else ""
        told.append(f"{loans} ({', '.join(due.ids)}{more})")
    return f"Portable media: {', '.join(told)}." if told else ""


def heading(requests: int) -> str:
    """The page's answer: what waits."""
    if not requests:
        return "Nobody is asking for portable media"
    return (
        "1 person is asking for portable media"
        if requests == 1
        else f"{requests} requests for portable media"
    )


def size_words(size: int) -> str:
    for unit, name in _UNITS:
        if size >= unit:
            return f"{round(size / unit)} {name}"
    return f"{size} bytes"


def _counts(one: ReceiptRecord) -> str:
    told = [f"{one.files:,} {'file' if one.files == 1 else 'files'}, {size_words(one.bytes)}"]
    if one.infected:
        told.append(f"{one.infected:,} infected")
    if one.unscanned:
        told.append(f"{one.unscanned:,} not scanned")
    return ", ".join(told)
