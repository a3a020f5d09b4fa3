"""A hall full of laptops: how long 300 devices that enrol at once need, until the last one is enrolled.

Each makes its own key and signing request and opens its own connection, as laptops do that were imaged
together; all use one token. They live in a process beside the collector, on the same cores. Prints
`enrolment.herd300_s`. Bound: 60 s.
"""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import grpc
from lamplighter_protos.v1 import enrolment_pb2

from tests.support.collector import Collector
from tests.support.enrolling import OPTIONS, new_key, signing_request

DEVICES: Final = 300


async def enrol(address: str, authority: bytes, token: str, asset_tag: str) -> float:
    """Enrol one device; answers when it had its certificate."""
    request = enrolment_pb2.EnrolRequest(
        token=token, asset_tag=asset_tag, signing_request=signing_request(new_key())
    )
    credentials = grpc.ssl_channel_credentials(authority)
    async with grpc.aio.secure_channel(address, credentials, options=OPTIONS) as channel:
        call: Any = channel.unary_unary("/lamplighter_protos.v1.Enrolment/Enrol")
        reply = enrolment_pb2.IdentityReply.FromString(await call(request.SerializeToString()))
    if reply.asset_tag != asset_tag or not reply.certificate:
        raise AssertionError("a device got another's answer")
    return time.perf_counter()


async def herd(collector: Collector) -> list[float]:
    """Seconds from the start until each device was enrolled, in order."""
    device = collector.stranger()
    token = collector.token(asset_tags="LAP-*", uses=DEVICES)["token"]
    begin = time.perf_counter()
    tags = [f"LAP-{number:03d}" for number in range(DEVICES)]
    done = await asyncio.gather(*(enrol(device.address, device.authority, token, tag) for tag in tags))
    return sorted(at - begin for at in done)


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder, Collector(Path(folder)) as collector:
        taken = asyncio.run(herd(collector))
        enrolled = collector.report("devices list")
        (token,) = collector.report("tokens list")
    if len(enrolled) != DEVICES or token["uses_left"]:
        raise AssertionError(f"{len(enrolled)} devices are enrolled, {token['uses_left']} uses are left")
    figure = {"bench": f"enrolment.herd{DEVICES}_s", "value": round(taken[-1], 2), "unit": "s"}
    more = {"baseline": None, "bound": 60, "half_s": round(taken[DEVICES // 2], 2)}
    print(json.dumps(figure | more))


if __name__ == "__main__":
    main()
