"""The frozen agent is an interpreter for its own processes and for nothing else."""

import importlib
import re
import sys

import pytest

from installers.frozen import entry_agent
from tests.support.sources import ROOT


def test_every_process_that_the_agent_starts_on_linux_and_windows_can_be_started() -> None:
    started = set()
    for path in (ROOT / "agent/src/lamplighter_agent").rglob("*.py"):
        if "macos" not in path.parts:
            started |= set(
                re.findall(r'"-m",\s*"(lamplighter_agent[\w.]*)"', path.read_text(encoding="utf-8"))
            )
    assert len(started) >= 4
    assert started == set(entry_agent.PROCESSES)


def test_each_of_them_has_a_main() -> None:
    assert all(callable(importlib.import_module(name).main) for name in entry_agent.PROCESSES.values())


@pytest.mark.parametrize("arguments", [["-I", "-m", "http.server"], ["-I", "-m"], ["-I", "-m", "os", "x"]])
def test_no_other_module_runs(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["lamplighter-agent", *arguments])
    assert entry_agent.main() == 2
    assert capsys.readouterr().err == "lamplighter-agent: no process of this program\n"
