"""The collector's units and the scripts of its package, as far as they can be looked at without a boot."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from lamplighter_collector.__main__ import app
from typer.testing import CliRunner

from tests.support.sources import ROOT

FOLDER = ROOT / "installers" / "linux" / "collector"
UNITS = sorted(path for path in FOLDER.iterdir() if path.suffix in {".service", ".timer"})
SERVICES = [path for path in UNITS if path.suffix == ".service"]
SCRIPTS = sorted((FOLDER / "deb").iterdir())
PROGRAM = "/usr/lib/lamplighter-collector/current/lamplighter-collector"
# systemd's own measure, from 0 to 10 with ten of them to one of its points.
MOST_EXPOSED = 20


def test_systemd_understands_them(tmp_path: Path) -> None:
    for unit in UNITS:
        # The program is not installed where this runs.
        text = unit.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_little_is_open_to_them(service: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(service)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-300:]
    text = service.read_text(encoding="utf-8")
    assert "User=lamplighter-collector" in text
    assert "ConditionPathExists=/etc/lamplighter-collector/collector.toml" in text


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_what_they_start_is_a_verb_with_these_options(service: Path) -> None:
    (command,) = re.findall(r"^ExecStart=(.+)$", service.read_text(encoding="utf-8"), re.MULTILINE)
    program, verb, *options = command.split()
    assert program == PROGRAM
    told = CliRunner().invoke(app, [verb, "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    assert all(option in told for option in options if option.startswith("--"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_one_for_debian_s_own_shell(script: Path) -> None:
    assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\nset -e\n")
    subprocess.run([shutil.which("dash") or "sh", "-n", str(script)], check=True)
