import gc
import subprocess
import sys

from lamplighter_agent.lean import uncollected

LOADED = """
from lamplighter_agent.lean import do_without, few_arenas, give_back
do_without(); few_arenas()
import asyncio, hashlib, hmac, secrets, structlog
give_back()
import sys
print(sorted(name for name in ("ssl", "_ssl", "_hashlib", "rich", "pygments") if sys.modules.get(name)))
print(hashlib.sha256(b"").hexdigest()[:8], asyncio.run(asyncio.sleep(0, "ran")))
"""


def test_what_is_unused_is_not_loaded_and_the_rest_works() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "e3b0c442 ran"]


def test_the_collector_of_rubbish_rests_only_meanwhile() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
