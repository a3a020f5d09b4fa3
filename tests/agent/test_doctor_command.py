"""`doctor` and `selfcheck` as a technician types them: words, JSON and exit codes."""

import json
import subprocess
import sys
from pathlib import Path


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lamplighter_agent", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_each_fault_says_why_it_matters_and_what_helps(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.toml")
    done = run("doctor", "--config", missing)
    assert done.returncode == 1
    assert "why it matters: the service does not start" in done.stdout
    assert done.stdout.endswith("1 things need attention\n")
    (told,) = json.loads(run("doctor", "--config", missing, "--json").stdout)
    assert told["id"] == "configuration"
    before = json.loads(run("selfcheck", "--config", missing, "--json").stdout)
    assert before == {"ok": False, "problems": [told]}
