"""Names the application behind a window by its program's file name, which holds nothing private."""

from lamplighter_agent.backends.windows._kernel32 import Kernel32
from lamplighter_agent.errors import BackendUnavailable


class ImageNames:
    """The name of a process's program, without folder and ending."""

    def __init__(self) -> None:
        self._kernel32: Kernel32 | None = None

    def name_of(self, pid: int | None) -> str:
        """Return the name, "" where the process is gone or may not be asked."""
        if pid is None:
            return ""
        try:
            self._kernel32 = self._kernel32 or Kernel32()
        except BackendUnavailable:
            return ""
        return name_from(self._kernel32.image_of(pid))


def name_from(image: str) -> str:
    """Return the name of a program from its path."""
    name = image.replace("/", "\\").rsplit("\\", 1)[-1]
    return name[:-4] if name.lower().endswith(".exe") else name
