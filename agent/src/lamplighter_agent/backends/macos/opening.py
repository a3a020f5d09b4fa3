"""Opens the real system where it is there."""

from lamplighter_agent.backends.macos.system import System
from lamplighter_agent.errors import BackendUnavailable


def open_system() -> System:
    """Return macOS itself; raises BackendUnavailable where pyobjc is not installed."""
    try:
        from lamplighter_agent.backends.macos._pyobjc import Mac  # noqa: PLC0415 - only a Mac can load it
    except ImportError as error:
        raise BackendUnavailable(
            "System", "pyobjc is not there", "install the agent's own package for macOS"
        ) from error
    return Mac()
