"""The two long-running processes, by their real entry, with failures whose words must not be told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pair import GROUP

SENTENCE = "nobody may read this sentence"
# Runs a verb and, on its loop while it works, lets fail what can fail: with the sentence as its words.
FAILING = """
import asyncio, gc, importlib, logging, os, signal, sys, threading, warnings

sentence, verb, *arguments = sys.argv[1:]
run = asyncio.run

def fail(words):
    raise ValueError(words)

async def fail_later(words):
    fail(words)

class Dying:
    def __del__(self):
        fail(sentence)

async def beside(work):
    working = asyncio.ensure_future(work)
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(fail, sentence)
    lost = asyncio.ensure_future(fail_later(sentence))
    await asyncio.wait([lost])
    del lost
    gc.collect()
    Dying()
    thread = threading.Thread(target=fail, args=(sentence,), name=sentence)
    thread.start()
    thread.join()
    try:
        fail(sentence)
    except ValueError:
        logging.getLogger("library").exception("%s", sentence)
    logging.getLogger("library").error("%d", sentence)
    warnings.warn(sentence)
    asyncio.get_running_loop().call_exception_handler({"message": sentence})
    os.kill(os.getpid(), signal.SIGTERM)
    return await working

asyncio.run = lambda work: run(beside(work))
importlib.import_module(f"lamplighter_agent.{verb}_command").main(arguments)
fail(sentence)
"""


def arguments_of(verb: str, folder: Path) -> list[str]:
    if verb == "session":
        return ["--socket", str(folder / "none.sock"), "--organisation", "Alder Vale School"]
    config = folder / "agent.toml"
    paths = f'[paths]\nstate = "{folder}/state"\nruntime = "{folder}/run"\n[session]\ngroup = "{GROUP}"\n'
    config.write_text(paths)
    return ["--config", str(config)]


@pytest.mark.parametrize("verb", ["service", "session"])
def test_what_fails_is_told_by_its_kind_and_no_word_of_it(verb: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", FAILING, SENTENCE, verb, *arguments_of(verb, tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert not set(SENTENCE.split()) & set(done.stderr.replace('"', " ").split()), done.stderr
    assert "Traceback" not in done.stderr
    told = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    events = [line["event"] for line in told if line.get("problem") == "ValueError"]
    assert sorted(events) == ["destructor", "library", "loop", "loop", "process", "thread"]
    assert sum(line["event"] == "loop" for line in told) == 3
    assert all(line["code"].startswith("<string>:") for line in told if "problem" in line)


# An address that is none: gRPC's core complains of it by itself, in a line that is no JSON.
COMPLAINING = """
import sys
from lamplighter_agent import quiet
if sys.argv[1:] == ["quiet"]:
    quiet.configure()
from concurrent import futures
import grpc
try:
    grpc.server(futures.ThreadPoolExecutor(1)).add_insecure_port("256.0.0.1:0")
except RuntimeError:
    print("refused")
"""


def test_grpc_writes_no_lines_of_its_own_among_ours() -> None:
    outside = {name: value for name, value in os.environ.items() if name != "GRPC_VERBOSITY"}
    told = {}
    for how in ("quiet", "loud"):
        command = [sys.executable, "-c", COMPLAINING, how]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=outside, timeout=60)
        assert done.stdout == "refused\n"
        told[how] = done.stderr
    assert told["quiet"] == ""
    assert "256.0.0.1" in told["loud"]
