"""What a device says of portable media, validated; pure.

What a medium says of itself may be anything. Text of it that can't be written is left out and never altered:
a serial number that was made printable could name another medium. What the device itself says is refused when
it is out of range.
"""

import re
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_keywords.bundles.bundle import LARGEST_NUMBER
from lamplighter_keywords.media.medium_id import LONGEST_SERIAL
from lamplighter_protos.v1 import detection_pb2

from lamplighter_collector.errors import Refused
from lamplighter_collector.ingest.detection import Medium

MOST_KINDS: Final = 32
DIGEST_BYTES: Final = 32
EARLIEST_SECONDS: Final = 946_684_800  # 2000-01-01
LATEST_SECONDS: Final = 4_102_444_800  # 2100-01-01
_LONGEST_NAME: Final = 64
_LONGEST_ENGINE: Final = 128
_BUS: Final = re.compile(r"[a-z][a-z0-9-]{0,15}")
_HEX: Final = re.compile(r"[0-9a-f]{4}")
_SLUG: Final = re.compile(r"[a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_SLUG: Final = 48
_PERMISSION: Final = re.compile(r"[a-z0-9-]{0,64}")
_VERDICTS: Final = frozenset(detection_pb2.MediaVerdict.values()) - {detection_pb2.MEDIA_VERDICT_UNSPECIFIED}
_ACCESSES: Final = frozenset(detection_pb2.MediaAccess.values())


def medium_of(said: detection_pb2.MediumIdentity) -> Medium:
    """Return what a medium says of itself, as far as it can be written."""
    serial = said.serial
    written = serial.isprintable() and serial == serial.strip() and len(serial) <= LONGEST_SERIAL
    if said.size_bytes > LARGEST_NUMBER:
        raise Refused("the size of a medium is out of range")
    return Medium(
        bus=said.bus if _BUS.fullmatch(said.bus) else "",
        vendor=said.vendor if _HEX.fullmatch(said.vendor) else "",
        product=said.product if _HEX.fullmatch(said.product) else "",
        serial=serial if written else "",
        name="".join(letter for letter in said.name if letter.isprintable())[:_LONGEST_NAME].strip(),
        size_bytes=said.size_bytes,
    )


def slug_of(text: str) -> str:
    """Return a slug, or "" ; raise `Refused` for what is none."""
    if len(text) > _LONGEST_SLUG or not _SLUG.fullmatch(text):
        raise Refused("a reason is not a slug")
    return text


def digest_of(receipt: detection_pb2.MediaReceipt) -> str:
    """Return the digest of what was on it, in hexadecimal. What is clean must have one."""
    clean = receipt.verdict == detection_pb2.MEDIA_VERDICT_CLEAN
    if len(receipt.tree_digest) != DIGEST_BYTES and (clean or receipt.tree_digest):
        raise Refused("the digest of a scan is not 32 bytes")
    return receipt.tree_digest.hex()


def verdict_of(receipt: detection_pb2.MediaReceipt) -> int:
    """Return the verdict; one that we don't know, or a clean one with finds, is refused."""
    if receipt.verdict not in _VERDICTS or receipt.access not in _ACCESSES:
        raise Refused("the verdict of a scan is unknown")
    if receipt.verdict == detection_pb2.MEDIA_VERDICT_CLEAN and (receipt.infected or receipt.unscanned):
        raise Refused("a clean scan left something out")
    return int(receipt.verdict)


def engine_of(receipt: detection_pb2.MediaReceipt) -> str:
    if len(receipt.engine) > _LONGEST_ENGINE or not receipt.engine.isprintable():
        raise Refused("the name of an engine is out of range")
    return receipt.engine


def permission_of(receipt: detection_pb2.MediaReceipt) -> str:
    if not _PERMISSION.fullmatch(receipt.permission):
        raise Refused("the permission of a scan is not an id")
    return receipt.permission


def count_of(value: int) -> int:
    if value > LARGEST_NUMBER:
        raise Refused("a count of a scan is out of range")
    return value


def kinds_of(receipt: detection_pb2.MediaReceipt) -> tuple[tuple[str, int], ...]:
    """Return how many files of each kind, by name of the kind."""
    if len(receipt.kinds) > MOST_KINDS:
        raise Refused("a scan names too many kinds of files")
    return tuple(sorted((slug_of(kind), count_of(many)) for kind, many in receipt.kinds.items()))


def moment_of(stamp: Timestamp) -> int:
    """Return milliseconds; raise `Refused` outside 2000 to 2099."""
    if not (EARLIEST_SECONDS <= stamp.seconds < LATEST_SECONDS and 0 <= stamp.nanos < 1_000_000_000):
        raise Refused("a time is missing or absurd")
    return stamp.seconds * 1000 + stamp.nanos // 1_000_000


def moment_or_none(receipt: detection_pb2.MediaReceipt, name: str) -> int | None:
    """Return a time that may be missing."""
    if name == "signatures_at":
        return moment_of(receipt.signatures_at) if receipt.HasField("signatures_at") else None
    return moment_of(receipt.expires_at) if receipt.HasField("expires_at") else None
