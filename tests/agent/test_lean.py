import asyncio
import errno
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent import lean

from tests.support.sensed import eventually

LOADED = """
from lamplighter_agent.lean import do_without, few_arenas, give_back, let_go
do_without(); few_arenas()
import asyncio, hashlib, hmac, secrets, structlog
from rapidfuzz.distance import OSA
give_back(); let_go()
import sys
print(sorted(name for name in ("ssl", "_ssl", "_hashlib", "rich", "pygments") if sys.modules.get(name)))
print(OSA.distance("lamp", "lapm"), [name for name in sys.modules if name.startswith("rapidfuzz.fuzz")])
from lamplighter_protos.v1 import local_pb2
told = local_pb2.SensingPolicy.FromString(local_pb2.SensingPolicy(reason="closed").SerializeToString())
print(told.reason, str(told).strip(), [name for name in sys.modules if "text_format" in name])
print(hashlib.sha256(b"").hexdigest()[:8], asyncio.run(asyncio.sleep(0, "ran")))
"""


def test_what_is_unused_is_not_loaded_and_the_rest_works() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "[]",
        "1 ['rapidfuzz.fuzz']",
        'closed reason: "closed" []',
        "e3b0c442 ran",
    ]


async def test_what_is_used_no_more_is_let_go_of_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(lean, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(lean, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(lean, "give_back", lambda: done.append("all"))
    monkeypatch.setattr(lean, "let_go", lambda: done.append("some"))
    small = asyncio.create_task(lean.stay_small())
    await eventually(lambda: len(done) > 3, "three times")
    small.cancel()
    await asyncio.gather(small, return_exceptions=True)
    assert done[:3] == ["all", "some", "some"]


def test_without_a_descriptor_left_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: object, **__: object) -> str:
        raise OSError(errno.EMFILE, "none left")

    monkeypatch.setattr(Path, "read_text", none_left)
    lean.let_go()
