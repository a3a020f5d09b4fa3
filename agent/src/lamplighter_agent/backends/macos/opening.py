"""Opens the real system where it is there."""

from lamplighter_agent.backends.macos.main_loop import Application
from lamplighter_agent.backends.macos.system import System
from lamplighter_agent.errors import BackendUnavailable

_REMEDY = "install the agent's own package for macOS"


def open_system() -> System:
    """Return macOS itself; raises BackendUnavailable where pyobjc is not installed."""
    try:
        from lamplighter_agent.backends.macos._pyobjc import Mac  # noqa: PLC0415 - only a Mac can load it
    except ImportError as error:
        raise BackendUnavailable("System", "pyobjc is not there", _REMEDY) from error
    return Mac()


def open_application() -> Application:
    """Return the main thread's loop; raises BackendUnavailable where pyobjc is not installed."""
    try:
        from lamplighter_agent.backends.macos._application import CocoaApplication  # noqa: PLC0415 - as above
    except ImportError as error:
        raise BackendUnavailable("Application", "pyobjc is not there", _REMEDY) from error
    return CocoaApplication()
