"""Chooses what the service stands on: doors, launchers, dialogs.

It asks for the platform here, above the backends, since what it joins is nothing that a backend knows.
"""

import sys

__all__ = ["SystemGround"]

if sys.platform == "win32":
    from lamplighter_agent.windows_ground import WindowsGround as SystemGround
elif sys.platform == "darwin":
    from lamplighter_agent.mac_ground import MacGround as SystemGround
else:
    from lamplighter_agent.posix_ground import PosixGround as SystemGround
