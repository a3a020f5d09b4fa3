"""The frozen agent as it is shipped: it runs without a Python, and does what the agent does."""

import json
import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from installers.frozen.build import size_bytes
from installers.frozen.entry_agent import PROCESSES

pytestmark = pytest.mark.installer
# The bound of what it may take on a laptop.
MOST_MB = 110


def run(folder: Path, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    # Nothing of the environment that built it is left.
    bare = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"}
    command = [str(folder / "lamplighter-agent"), *arguments]
    return subprocess.run(
        command, input=given, env=bare, cwd="/", capture_output=True, text=True, check=False, timeout=60
    )


def test_the_command_line_answers(frozen: Path) -> None:
    done = run(frozen, "--help")
    assert done.returncode == 0, done.stderr
    assert all(verb in done.stdout for verb in ("service", "enrol", "status", "selfcheck", "capabilities"))


def test_selfcheck_and_capabilities_read_a_configuration(frozen: Path, tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path}/state"\nruntime = "{tmp_path}/run"\n', encoding="utf-8")
    checked = run(frozen, "selfcheck", "--config", str(config))
    assert "Traceback" not in checked.stderr
    assert "enrol" in checked.stdout + checked.stderr
    told = run(frozen, "capabilities", "--json", "--config", str(config))
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)


def test_its_own_processes_start_and_others_do_not(frozen: Path) -> None:
    assert "only the service starts it" in run(frozen, "-I", "-m", "lamplighter_agent", "session").stderr
    order = json.dumps({})
    for name in (one for one in PROCESSES if ".linux." in one):
        # Each imports all that it needs before it finds that its order is none.
        assert "ModuleNotFoundError" not in run(frozen, "-I", "-m", name, given=order + "\n").stderr
    assert run(frozen, "-I", "-m", "http.server").returncode == 2


def test_everybody_may_run_it_and_nobody_may_change_it(frozen: Path) -> None:
    for path in (frozen, *frozen.rglob("*")):
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            continue
        assert about.st_uid == os.geteuid()
        assert not about.st_mode & 0o022, path
        assert about.st_mode & (0o005 if path.is_dir() else 0o004), path


def test_it_is_no_larger_than_allowed_and_holds_no_sources(frozen: Path) -> None:
    assert size_bytes(frozen) <= MOST_MB * 1_000_000
    assert not [path for path in frozen.rglob("*") if path.suffix in {".py", ".pyi"}]


def test_it_names_no_machine(frozen: Path) -> None:
    """Paths of the machine that built it would tell of it, and be different each time."""
    home = re.compile(rb"/(?:home|root|tmp)/[\w.]+/")
    ours = list((frozen / "_internal").rglob("lamplighter_*/**/*.pyc"))
    assert len(ours) > 100
    assert not [path for path in ours if home.search(path.read_bytes())]
