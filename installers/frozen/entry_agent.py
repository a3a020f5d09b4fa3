"""Where the frozen agent starts.

The agent starts processes of its own as `INTERPRETER -I -m MODULE ...`, and here the interpreter is this
program. It takes exactly that form for the modules below, refuses it for any other, and is the ordinary
command line otherwise: what lies in the folder is no Python that would run anything else.
"""

import os
import sys
from importlib import import_module
from typing import Any, Final

# What asks for it starts it as `-I -m` with the first name; the second has its `main`.
PROCESSES: Final = {
    "lamplighter_agent": "lamplighter_agent.__main__",
    "lamplighter_agent.backends.linux.later_process": "lamplighter_agent.backends.linux.later_process",
    "lamplighter_agent.backends.linux.scan_process": "lamplighter_agent.backends.linux.scan_process",
    "lamplighter_agent.backends.linux.withdraw_after": "lamplighter_agent.backends.linux.withdraw_after",
    "lamplighter_agent.backends.windows.scan_process": "lamplighter_agent.backends.windows.scan_process",
}
# Set by what unpacks a frozen program, for itself alone: programs of the system that we start, such as
# dialogs, would load our libraries instead of theirs.
_LOADER: Final = ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG")


def main() -> int:
    """Run what the command line asks for; 2 for a module that is none of ours."""
    for name in [*_LOADER, *(name for name in os.environ if name.startswith("_PYI_"))]:
        os.environ.pop(name, None)
    module = "lamplighter_agent"
    if sys.argv[1:3] == ["-I", "-m"]:
        module, sys.argv[1:] = (sys.argv[3:4] or [""])[0], sys.argv[4:]
    if module not in PROCESSES:
        sys.stderr.write("lamplighter-agent: no process of this program\n")
        return 2
    lean: Any = import_module("lamplighter_agent.lean")
    lean.do_without_parts()
    ended: int = import_module(PROCESSES[module]).main()
    return ended


if __name__ == "__main__":
    sys.exit(main())
