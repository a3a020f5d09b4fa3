"""Whether the desktop of our process is the one on the screen, asked again and again."""

from lamplighter_agent.backends.windows._user32 import User32
from lamplighter_agent.errors import BackendUnavailable


class OwnDesktop:
    """Opens Windows' library at the first question."""

    def __init__(self) -> None:
        self._user32: User32 | None = None

    def in_front(self) -> bool:
        """Tell whether it is; False where it can't be asked."""
        try:
            user32 = self._user32 = self._user32 or User32()
        except BackendUnavailable:
            return False
        return user32.desktop_in_front()
