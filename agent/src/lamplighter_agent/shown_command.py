"""`lamplighter-agent ask` and `page`: what the service starts in a session to ask or show something.

One dialog, answered by the exit code; or one page, opened by what the person opens pages with. Light, since
somebody waits for it, and without any right of the service: it runs as that person. Nobody's text goes in.
Of Windows alone: Linux has programs for it (`notice/dialog.py`), and a Mac's process is told by pipes
(`dialog_command.py`), which one that is started in another session would have to inherit.
"""

from collections.abc import Sequence
from pathlib import Path

from lamplighter_agent import quiet
from lamplighter_agent.backends.asked import UNSHOWN, asked_of
from lamplighter_agent.backends.select_process import harden
from lamplighter_agent.backends.windows.task_dialog import open_page, show


def main(arguments: Sequence[str]) -> int:
    """Do the one thing; return what came of it. No fault leaves here as an exit code that means an answer."""
    quiet.configure()
    verb, *told = arguments
    try:
        if verb == "page":
            (page,) = told
            return 0 if open_page(Path(page)) else UNSHOWN
        # Else any program of the person could end it with the code of an answer.
        harden()
        (argument,) = told
        return show(asked_of(argument))
    except Exception:  # noqa: BLE001 - whatever it is, nothing was shown
        return UNSHOWN
