"""Scan receipts and requests to use a medium, as devices send them."""

import uuid
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.support.collector import ORGANISATION

AT = 1_795_248_000
DAY = 86_400


def medium(**changes: Any) -> pb.MediumIdentity:
    fields = {
        "bus": "usb",
        "vendor": "0951",
        "product": "1666",
        "serial": "60A44C3FAC35",
        "name": "Example Stick",
        "size_bytes": 16_000_000_000,
    }
    return pb.MediumIdentity(**{**fields, **changes})


def scanned(**changes: Any) -> pb.MediaReceipt:
    """A clean scan; ``changes`` replaces fields."""
    fields = {
        "medium": medium(),
        "tree_digest": bytes(range(32)),
        "verdict": pb.MEDIA_VERDICT_CLEAN,
        "engine": "ClamAV 1.4.6",
        "signatures_at": Timestamp(seconds=AT - DAY),
        "made_at": Timestamp(seconds=AT),
        "expires_at": Timestamp(seconds=AT + DAY // 2),
        "files": 300,
        "bytes": 6_000_000,
        "kinds": {"document": 200, "picture": 100},
        "permission": "mp-0123456789",
        "access": pb.MEDIA_ACCESS_READ_ONLY,
    }
    return pb.MediaReceipt(**{**fields, **changes})


def receipt(said: pb.MediaReceipt | None = None, **changes: Any) -> pb.Detection:
    """A sound record of a scan, while ``pupil07`` was signed in."""
    return pb.Detection(
        **{
            "id": uuid.uuid4().bytes,
            "organisation": ORGANISATION,
            "user": "pupil07",
            "user_kind": pb.USER_KIND_PUPIL,
            "source": pb.SOURCE_MEDIA_RECEIPT,
            "observed_at": Timestamp(seconds=AT),
            "receipt": scanned() if said is None else said,
            **changes,
        }
    )


def request(**changes: Any) -> pb.Detection:
    """A sound request of ``pupil07`` to write to a stick."""
    return pb.Detection(
        **{
            "id": uuid.uuid4().bytes,
            "organisation": ORGANISATION,
            "user": "pupil07",
            "user_kind": pb.USER_KIND_PUPIL,
            "identity": pb.IDENTITY_CONFIDENCE_NAMED,
            "source": pb.SOURCE_MEDIA_REQUEST,
            "application": "USB, Example Stick, serial 60A44C3FAC35, 16 GB",
            "theme": "unapproved-media",
            "term": "media-requested:0a1b2c3d4e5f",
            "severity": 2,
            "observed_at": Timestamp(seconds=AT),
            "request": pb.MediaRequest(medium=medium(), reason="homework", read_write=True),
            **changes,
        }
    )
