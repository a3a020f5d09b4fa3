"""How launchd is asked for something, by launchctl(1): the command lines. Pure.

`asuser` gives a program the session of a person, `sudo` makes it theirs: the way of launchctl's own manual.
"""

from collections.abc import Sequence
from typing import Final

LAUNCHCTL: Final = "/bin/launchctl"
SUDO: Final = "/usr/bin/sudo"
# The helper's job, as the installer names it.
LABEL: Final = "lamplighter.session"
JOB: Final = f"/Library/LaunchAgents/{LABEL}.plist"


def start(user: int) -> list[list[str]]:
    """Put the helper's job back where it was taken out, then start it; the first may find it there."""
    return [
        [LAUNCHCTL, "bootstrap", f"gui/{user}", JOB],
        [LAUNCHCTL, "kickstart", f"gui/{user}/{LABEL}"],
    ]


def restart(user: int) -> list[list[str]]:
    """End the helper, whatever it does, and start it anew: launchd knows its process, no number is used."""
    return [[LAUNCHCTL, "kickstart", "-k", f"gui/{user}/{LABEL}"]]


def sign_out(user: int) -> list[list[str]]:
    """End this person's graphical session."""
    return [[LAUNCHCTL, "bootout", f"gui/{user}"]]


def as_person(user: int, command: Sequence[str]) -> list[str]:
    """Run a program in a person's session, as that person."""
    return [LAUNCHCTL, "asuser", str(user), SUDO, "-n", "-u", f"#{user}", "--", *command]
