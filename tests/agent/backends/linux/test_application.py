"""Names of real processes."""

import shutil
import subprocess
import sys
from pathlib import Path

from lamplighter_agent.backends.linux.application import ProcessNames

from tests.support.waiting import wait_for


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
        # The kernel gives it its name a moment after Popen has heard that it runs.
        wait_for(lambda: ProcessNames().name_of(process.pid) == "sleep", "a program of that name")
        process.kill()


def test_a_long_name_is_whole(tmp_path: Path) -> None:
    program = tmp_path / "a-word-processor-of-a-school"
    shutil.copy("/bin/sleep", program)
    with subprocess.Popen([program, "60"]) as process:
        wait_for(lambda: ProcessNames().name_of(process.pid) == program.name, "its name")
        process.kill()


def test_what_is_gone_has_no_name() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert ProcessNames().name_of(process.pid) == ""
    assert ProcessNames().name_of(None) == ""


def test_a_script_of_a_person_stays_private(tmp_path: Path) -> None:
    script = tmp_path / "my private diary.py"
    script.write_text("print('up', flush=True); input()")
    assert name_of(sys.executable, str(script)).startswith("python")


def test_an_installed_program_is_better_than_its_interpreter() -> None:
    installed = "/usr/lib/python3.11/timeit.py"
    assert Path(installed).exists()
    assert name_of("/usr/bin/python3", "-u", installed, "-s", "print('up')", "input()") == "timeit"
