"""The two jobs of launchd: the service for the whole machine, the helper for each graphical session. Pure."""

import plistlib
from pathlib import PurePosixPath
from typing import Any

# The bundle's identifier, by which the system knows the program.
BUNDLE = "lamplighter.agent"
FOLDER = PurePosixPath("/Library/Lamplighter")
PROGRAM = FOLDER / "Lamplighter.app/Contents/MacOS/lamplighter-agent"
# Where the service listens for helpers, and says whose device this is; only it may write there.
SOCKET = FOLDER / "run" / "service.sock"
ORGANISATION = FOLDER / "run" / "organisation"
SERVICE = "lamplighter.service"
SESSION = "lamplighter.session"
# launchd waits ten seconds between two starts unless told otherwise; a killed helper is back sooner.
AGAIN_S = 2
NO_CORE = {"Core": 0}


def service_job() -> bytes:
    """Return the LaunchDaemon: root, from the start of the machine, started again whenever it ends."""
    return _plist(
        {
            **_common(SERVICE, "service", "--config", str(FOLDER / "agent.toml")),
            "Umask": 0o077,
            "ProcessType": "Adaptive",
            # A folder of its own would have to be there before launchd starts it.
            "StandardErrorPath": "/Library/Logs/Lamplighter.log",
        }
    )


def session_job() -> bytes:
    """Return the LaunchAgent: as the person, only where there is a screen, never in a session over ssh.

    launchd starts the helper, not the service: who it is the service judges by `helper_access`.
    """
    told = ("--socket", str(SOCKET), "--organisation-file", str(ORGANISATION))
    return _plist(
        {
            **_common(SESSION, "session", *told),
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
    )


def _common(label: str, *words: str) -> dict[str, Any]:
    return {
        "Label": label,
        "ProgramArguments": [str(PROGRAM), *words],
        "RunAtLoad": True,
        "KeepAlive": True,
        "ThrottleInterval": AGAIN_S,
        "HardResourceLimits": NO_CORE,
        "SoftResourceLimits": NO_CORE,
        # Whose job it is, for the list of what runs in the background.
        "AssociatedBundleIdentifiers": [BUNDLE],
    }


def _plist(job: dict[str, Any]) -> bytes:
    return plistlib.dumps(job, sort_keys=True)
