"""Names the application behind a window, by psutil, in words that hold nothing private."""

from pathlib import Path

import psutil

# What runs other programs: there the program is the better name.
INTERPRETERS = ("python", "node", "java", "ruby", "perl", "php", "mono", "electron", "gjs", "bash", "sh")
# A script in one of these folders was installed; one elsewhere is a person's file, whose name is private.
INSTALLED = ("/usr/", "/opt/", "/snap/", "/app/")


class ProcessNames:
    """The name of a process, as its own package gave it."""

    def name_of(self, pid: int | None) -> str:
        """Return the process's name, for an interpreter the installed program it runs; "" if it is gone."""
        if pid is None:
            return ""
        try:
            process = psutil.Process(pid)
            name = process.name()
            if not name.lower().rstrip("0123456789.").startswith(INTERPRETERS):
                return name
            return _program(process.cmdline()) or name
        except psutil.Error:
            return ""


def _program(command: list[str]) -> str:
    for argument in command[1:]:
        if argument.startswith("-"):
            continue
        if not argument.startswith(INSTALLED):
            return ""
        return Path(argument).stem
    return ""
