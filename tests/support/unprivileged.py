"""How a program is started without root's right to read and write anywhere, also by root."""

import os
from typing import Final

# Put before a command. Root's own files are still its own, and their modes count for it.
UNPRIVILEGED: Final = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
