"""Names the application behind a window, by the kernel, in words that hold nothing private.

Two files are read; psutil, which reads the same, would be a megabyte of the helper.
"""

from pathlib import Path

# What runs other programs: there the program is the better name.
INTERPRETERS = ("python", "node", "java", "ruby", "perl", "php", "mono", "electron", "gjs", "bash", "sh")
# A script in one of these folders was installed; one elsewhere is a person's file, whose name is private.
INSTALLED = ("/usr/", "/opt/", "/snap/", "/app/")
# The kernel keeps no more letters of a name.
_KERNEL_NAME = 15


class ProcessNames:
    """The name of a process, as its own package gave it."""

    def name_of(self, pid: int | None) -> str:
        """Return the process's name, for an interpreter the installed program it runs; "" if it is gone."""
        if pid is None:
            return ""
        process = Path(f"/proc/{pid}")
        try:
            name = (process / "comm").read_text(errors="replace").removesuffix("\n")
            command = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return ""
        if len(name) >= _KERNEL_NAME:
            whole = Path(command[0]).name
            name = whole if whole.startswith(name) else name
        if not name.lower().rstrip("0123456789.").startswith(INTERPRETERS):
            return name
        return _program(command[:-1]) or name


def _program(command: list[str]) -> str:
    for argument in command[1:]:
        if argument.startswith("-"):
            continue
        if not argument.startswith(INSTALLED):
            return ""
        return Path(argument).stem
    return ""
