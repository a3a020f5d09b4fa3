import json
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_agent.backends.linux.hardening import swap_forbidden

REPORT = """
import dataclasses, json, resource
from lamplighter_agent.backends.linux.hardening import harden
print(json.dumps(dataclasses.asdict(harden())))
"""


def hardened(*prefix: str) -> dict[str, object]:
    done = subprocess.run([*prefix, sys.executable, "-c", REPORT], capture_output=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_neither_process_can_be_dumped() -> None:
    found = hardened()
    assert (found["not_dumpable"], found["no_core"]) == (True, True)


def test_memory_is_locked_where_the_limit_allows_it_and_else_says_why() -> None:
    found = hardened("prlimit", "--memlock=65536")
    can_raise = (
        subprocess.run(["prlimit", "--memlock=unlimited:unlimited", "true"], check=False).returncode == 0
    )
    assert found["memory_locked"] is can_raise
    assert can_raise or "65536" in str(found["reason"])


@pytest.mark.parametrize(("limit", "forbidden"), [("0\n", True), ("max\n", False), (None, False)])
def test_swap_is_forbidden_by_the_unit(tmp_path: Path, limit: str | None, forbidden: bool) -> None:  # noqa: FBT001
    if limit is not None:
        (tmp_path / "memory.swap.max").write_text(limit)
    assert swap_forbidden(tmp_path) is forbidden
