"""Where Windows has the files of a service.

The configuration lies with the program, where only an administrator may write; what the service keeps lies in
a folder that it makes for itself alone.
"""

import os

from lamplighter_agent.backends.places import Places

_STATE = os.environ.get("PROGRAMDATA", "C:\\ProgramData") + "\\Lamplighter"
PLACES = Places(
    config=os.environ.get("PROGRAMFILES", "C:\\Program Files") + "\\Lamplighter\\agent.toml",
    state=_STATE,
    runtime=_STATE,
)
