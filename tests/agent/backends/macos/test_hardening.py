"""What is said to hold of a process on a Mac, by a pretended kernel; the core limit is this machine's."""

import resource
import subprocess
import sys
from dataclasses import dataclass

import pytest
from lamplighter_agent.backends.macos import hardening
from lamplighter_agent.backends.macos.hardening import harden

SIGNED = hardening.VALID | hardening.RUNTIME


@dataclass
class Kernel:
    """A kernel's answers."""

    denies: bool = True
    flags: int = SIGNED

    def deny_attach(self) -> bool:
        return self.denies

    def code_flags(self) -> int:
        return self.flags


@pytest.fixture(autouse=True)
def _core_limit_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of the whole test run else.
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)


def test_a_signed_build_is_closed_to_debuggers_and_to_who_would_read_its_memory() -> None:
    found = harden(Kernel(), {})
    assert found.not_dumpable
    assert (found.memory_locked, found.reason) == (False, hardening.NOT_LOCKED)


@pytest.mark.parametrize(
    ("kernel", "why"),
    [
        (Kernel(denies=False), hardening.ATTACHED),
        (Kernel(flags=0), hardening.NOT_HARDENED),
        (Kernel(flags=hardening.VALID), hardening.NOT_HARDENED),
        (Kernel(flags=SIGNED | hardening.TASK_ALLOWED), hardening.NOT_HARDENED),
        (Kernel(flags=SIGNED | hardening.DEBUGGED), hardening.NOT_HARDENED),
    ],
)
def test_what_does_not_hold_is_said(kernel: Kernel, why: str) -> None:
    found = harden(kernel, {})
    assert not found.not_dumpable
    assert found.reason == f"{why}; {hardening.NOT_LOCKED}"


@pytest.mark.parametrize("name", ["DYLD_INSERT_LIBRARIES", "DYLD_LIBRARY_PATH", "DYLD_X"])
def test_a_variable_that_brings_in_other_code_ends_the_process(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        harden(Kernel(), {name: "/Users/pia/secret.dylib", "HOME": "/"})
    assert ended.value.code == 2
    assert "secret" not in capsys.readouterr().err


def test_no_core_file_is_left_by_a_real_process() -> None:
    script = (
        "from lamplighter_agent.backends.macos.hardening import harden\n"
        "class Kernel:\n"
        "    deny_attach = lambda self: True\n"
        "    code_flags = lambda self: 0\n"
        "import resource\n"
        "print(harden(Kernel(), {}).no_core, resource.getrlimit(resource.RLIMIT_CORE))\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.split(maxsplit=1) == ["True", "(0, 0)\n"]
