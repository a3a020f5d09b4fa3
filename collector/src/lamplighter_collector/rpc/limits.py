"""What one connection and one message may cost."""

from typing import Final

from google.protobuf.message import DecodeError
from lamplighter_protos.v1 import ingest_pb2

from lamplighter_collector.errors import MessageMalformed, TooManyDetections

MESSAGE_BYTES: Final = 2 << 20
DETECTIONS: Final = 1_000
BATCHES_IN_FLIGHT: Final = 64
"""Over all streams; a stream has one. Together with MESSAGE_BYTES this bounds the memory of queued
batches."""

SERVER_OPTIONS: Final[tuple[tuple[str, int], ...]] = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES),
    ("grpc.max_concurrent_streams", 8),
    ("grpc.keepalive_time_ms", 120_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS under the name that gRPC's core has for it: any
    # other is passed over without a word, for five minutes of its own. Agents ask half as often, every 60 s.
    ("grpc.http2.min_ping_interval_without_data_ms", 30_000),
    # Certificates are read again and devices spread over collectors.
    ("grpc.max_connection_age_ms", 45 * 60_000),
    ("grpc.max_connection_age_grace_ms", 30_000),
    # A silent connection may not hold a descriptor.
    ("grpc.server_handshake_timeout_ms", 10_000),
    # Two collectors on one port would be a mistake today.
    ("grpc.so_reuseport", 0),
)

ENROLMENT_BYTES: Final = 16 << 10

ENROLMENT_OPTIONS: Final[tuple[tuple[str, int], ...]] = (
    ("grpc.max_receive_message_length", ENROLMENT_BYTES),
    ("grpc.max_concurrent_streams", 2),
    # Whoever connects here is a stranger: one question, and good-bye.
    ("grpc.max_connection_age_ms", 60_000),
    ("grpc.max_connection_age_grace_ms", 10_000),
    ("grpc.max_connection_idle_ms", 30_000),
    ("grpc.server_handshake_timeout_ms", 10_000),
    ("grpc.so_reuseport", 0),
)


def batch_from(raw: bytes) -> ingest_pb2.DeliverBatch:
    """Decode the envelope; its detections stay raw and are counted before any of them becomes an object.

    Raises:
        MessageMalformed: the envelope can't be decoded.
        TooManyDetections: there are more than 1,000.
    """
    try:
        batch = ingest_pb2.DeliverBatch.FromString(raw)
    except DecodeError:
        raise MessageMalformed from None
    if len(batch.detections) > DETECTIONS:
        raise TooManyDetections(len(batch.detections), DETECTIONS)
    return batch
