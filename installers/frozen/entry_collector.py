"""Where the frozen collector starts: its command line, and nothing that would run another module."""

import os
import sys

# Set by what unpacks a frozen program, for itself alone: what we start of the system, such as systemd-creds,
# would load our libraries instead of its own.
_LOADER = ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG")


def main() -> int:
    """Run the command line, as `python -m lamplighter_collector` does."""
    for name in [*_LOADER, *(name for name in os.environ if name.startswith("_PYI_"))]:
        os.environ.pop(name, None)
    from lamplighter_collector.__main__ import main as command  # noqa: PLC0415 - in this environment

    command()
    return 0


if __name__ == "__main__":
    sys.exit(main())
