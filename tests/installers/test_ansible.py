"""The task lists for Ansible: real YAML, the token out of logs, and files and verbs that the agent knows."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from lamplighter_agent.backends.pending_port import NAMES
from lamplighter_agent.backends.posix.pending_file import NAME

from tests.support.sources import ROOT

FOLDER = ROOT / "installers/ansible"
LISTS = ("roll_out.yml", "remove.yml")


def tasks(name: str) -> list[dict[str, Any]]:
    (play,) = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert play["become"] is True
    found: list[dict[str, Any]] = play["tasks"]
    return found


@pytest.mark.parametrize("name", LISTS)
def test_each_task_has_a_name_and_one_module_and_commands_say_what_they_change(name: str) -> None:
    for task in tasks(name):
        modules = [key for key in task if key.startswith("ansible.builtin.")]
        assert task["name"], task
        assert len(modules) == 1, task
        if modules[0].endswith((".command", ".shell")):
            assert "changed_when" in task or "removes" in task[modules[0]], task


def test_the_token_is_in_no_log_and_no_difference_and_only_root_reads_the_file() -> None:
    telling = [task for task in tasks("roll_out.yml") if "token" in str(task)]
    assert len(telling) == 1
    (task,) = telling
    assert (task["no_log"], task["diff"]) == (True, False)
    left = task["ansible.builtin.copy"]
    assert (left["owner"], left["mode"]) == ("root", "0600")
    assert Path(left["dest"]).name == NAME
    keys = {line.partition(" = ")[0] for line in left["content"].splitlines()}
    assert keys <= set(NAMES)
    assert task["when"].startswith("not ")


@pytest.mark.parametrize("name", LISTS)
def test_the_commands_are_verbs_of_the_agent(name: str) -> None:
    verbs = {
        shlex.split(task["ansible.builtin.command"]["cmd"])[1]
        for task in tasks(name)
        if "ansible.builtin.command" in task
    }
    assert verbs <= {"doctor", "erase"}
    assert verbs
