"""What it takes to make a matcher of the shipped lists as a device gets them: time, and memory that stays.

Run in a process of its own by matcher.py. Memory is this process's own pages, before and after, once what is
not needed any more has been given back, as the agent does.
"""

import ctypes
import gc
import json
import time
from pathlib import Path

from lamplighter_keywords.bundles.compiled import read_pack
from lamplighter_keywords.matcher import Matcher
from lamplighter_keywords.shipped import compiled_shipped
from lamplighter_keywords.terms import Source, UserKind
from lamplighter_keywords.written import ROOM_ON_A_DEVICE


def main() -> None:
    """Print one JSON object."""
    packed = compiled_shipped()
    # As the agent does while it builds.
    gc.disable()
    before = own_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    pack = read_pack(packed)
    matcher = Matcher(pack, room=ROOM_ON_A_DEVICE)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    found = {"seconds": wall, "cpu_s": round(cpu, 3), "packed_kb": round(len(packed) / 1000)}
    found["mb"] = own_mb() - before
    terms = sum(len(one.terms) for one in pack.lists)
    matcher.match("ready", source=Source.TYPED, user_kind=UserKind.PUPIL)
    print(json.dumps({**found, "lists": len(pack.lists), "terms": terms}))


def own_mb() -> float:
    """Give the memory that this process shares with none, in MB."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    kb = (int(line.split()[1]) for line in lines if line.startswith(("Private_Clean:", "Private_Dirty:")))
    return sum(kb) * 1024 / 1e6


if __name__ == "__main__":
    main()
