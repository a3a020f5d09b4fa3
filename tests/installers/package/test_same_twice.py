"""Two runs of the same commit make the same packages."""

import os
from pathlib import Path

import pytest

from installers.package.build import package


@pytest.mark.parametrize(("name", "kind"), [("agent", "deb"), ("collector", "rpm")])
def test_two_runs_make_the_same_package(
    name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    program = tmp_path / f"lamplighter-{name}"
    program.mkdir()
    file = program / program.name
    file.write_bytes(b"program")
    # As the freezing leaves it.
    for path in (file, program):
        os.utime(path, (1795000000, 1795000000))
    made = [
        package(name, kind, tmp_path / run, program=program, compression="gzip")
        for run in ("first", "second")
    ]
    assert made[0].read_bytes() == made[1].read_bytes()
