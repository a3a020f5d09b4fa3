"""A full disk: refused, counted, told, and over as soon as something is delivered."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lamplighter_agent.spool.losses import Reason

pytestmark = pytest.mark.fault
ROOT = Path(__file__).parents[3]
CHILD = [sys.executable, "-m", "tests.agent.spool.child"]


def said(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=100)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_a_file_that_may_not_grow_refuses_counts_and_recovers(tmp_path: Path) -> None:
    answer = said([*CHILD, "limit", str(tmp_path)])
    assert answer == {
        "refused": 5,
        "recovered": True,
        "told": {str(Reason.REASON_DISK_FULL): 5},
        "exact": True,
    }


@pytest.mark.machine
def test_a_full_disk_frees_itself_by_delivering(tmp_path: Path) -> None:
    script = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"'
    alone = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, str(tmp_path)]
    answer = said([*alone, *CHILD, "fill", str(tmp_path / "spool")])
    assert answer["exact"]
    assert answer["stored"] > 1000
    assert answer["refused"] == 10
    assert answer["told"] == {str(Reason.REASON_DISK_FULL): 10}
