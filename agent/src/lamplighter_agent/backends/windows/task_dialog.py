"""Windows' own dialog with words of ours, and what opens a page, both in the session of who started us."""

from pathlib import Path

from lamplighter_agent.backends.asked import Asked, status_of
from lamplighter_agent.backends.windows._comctl32 import TaskDialogs
from lamplighter_agent.backends.windows._shell32 import Shell32


def show(asked: Asked) -> int:
    """Show it and return the status that says what was chosen; raise `BackendUnavailable` where it can't be.

    Returns when it was answered or closed: nobody else's time depends on this process.
    """
    return status_of(asked, *TaskDialogs().ask(asked))


def open_page(page: Path) -> bool:
    """Open a page by what its person opens pages with; False where that can't be."""
    return Shell32().open(page)
