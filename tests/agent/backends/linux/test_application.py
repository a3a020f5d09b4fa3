"""Names of real processes."""

import subprocess
import sys
from pathlib import Path

from lamplighter_agent.backends.linux.application import ProcessNames


def name_of(*command: str) -> str:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            return ProcessNames().name_of(process.pid)
        finally:
            process.kill()


def test_a_program_has_its_own_name() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        assert ProcessNames().name_of(process.pid) == "sleep"
        process.kill()


def test_a_script_of_a_person_stays_private(tmp_path: Path) -> None:
    script = tmp_path / "my private diary.py"
    script.write_text("print('up', flush=True); input()")
    assert name_of(sys.executable, str(script)).startswith("python")


def test_an_installed_program_is_better_than_its_interpreter() -> None:
    installed = "/usr/lib/python3.11/timeit.py"
    assert Path(installed).exists()
    assert name_of("/usr/bin/python3", "-u", installed, "-s", "print('up')", "input()") == "timeit"
