from pathlib import Path

from lamplighter_agent.backends.linux import memory
from lamplighter_agent.backends.linux.memory import Mapping, few_arenas, trim_memory


def test_only_pages_that_are_as_in_their_file_are_let_go_of() -> None:
    memory._known.clear()
    few_arenas()
    trim_memory()
    own = dict.fromkeys(memory._constants, "")
    for line in Path("/proc/self/smaps").read_text(errors="replace").splitlines():
        if not line.split()[0].endswith(":"):
            mapping = Mapping.of(line)
        elif line.startswith(("Private_Dirty:", "Anonymous:", "Swap:")) and mapping in own:
            own[mapping] += line.split()[1]
    assert own
    assert set(own.values()) == {"000"}
    assert {mapping.mode for mapping in own} == {"r--p"}


def test_the_kernel_is_asked_about_pages_only_when_a_program_is_new() -> None:
    trim_memory()
    found = memory._constants.copy()
    memory._constants.clear()
    trim_memory()
    assert not memory._constants
    memory._known.pop()
    trim_memory()
    assert memory._constants == found
