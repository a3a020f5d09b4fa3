import json
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent.hardening import swap_forbidden

REPORT = """
import dataclasses, json, resource
from lamplighter_agent.hardening import harden
print(json.dumps(dataclasses.asdict(harden())))
"""


def hardened(*prefix: str) -> dict[str, object]:
    done = subprocess.run([*prefix, sys.executable, "-c", REPORT], capture_output=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_finite_limit_leaves_memory_unlocked_and_says_why() -> None:
    found = hardened("prlimit", "--memlock=65536:65536")
    assert (found["not_dumpable"], found["no_core"], found["memory_locked"]) == (True, True, False)
    assert "65536" in str(found["reason"])


def test_without_a_limit_memory_is_locked() -> None:
    raised = subprocess.run(["prlimit", "--memlock=unlimited:unlimited", "true"], check=False)
    if raised.returncode != 0:
        # An ordinary user can't raise the limit: then the limit that it has is what counts.
        assert hardened()["not_dumpable"]
        return
    assert hardened("prlimit", "--memlock=unlimited:unlimited") == {
        "not_dumpable": True,
        "no_core": True,
        "memory_locked": True,
        "reason": "",
    }


@pytest.mark.parametrize(("limit", "forbidden"), [("0\n", True), ("max\n", False), (None, False)])
def test_swap_is_forbidden_by_the_unit(tmp_path: Path, limit: str | None, forbidden: bool) -> None:  # noqa: FBT001
    if limit is not None:
        (tmp_path / "memory.swap.max").write_text(limit)
    assert swap_forbidden(tmp_path) is forbidden
