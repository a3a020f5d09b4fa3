"""The messages keep what they are given."""

from lamplighter_protos.v1 import detection_pb2


def test_a_detection_survives_the_wire() -> None:
    sent = detection_pb2.Detection(id=b"\x01" * 16, organisation="Alder Vale", severity=4)
    assert detection_pb2.Detection.FromString(sent.SerializeToString()) == sent
