"""What goes wrong in the two long-running processes is told by its kind and place, never by its words.

A traceback, a failed callback and a library's message may quote what they were given, and here that may be
what a person typed. Each becomes one JSON line on standard error: the kind of error, and the line of code.
Light, because the session helper loads it too. It assumes that nothing else installs handlers afterwards.
"""

import asyncio
import logging
import os
import sys
import threading
from pathlib import PurePath
from types import TracebackType
from typing import Any


class _KindOnly(logging.Formatter):
    """Keeps of a record who logged it and the kind of error."""

    def format(self, record: logging.LogRecord) -> str:
        kind, _, trace = record.exc_info or (None, None, None)
        return _line("library", kind, trace, level=record.levelname.lower(), logger=record.name)


def without_grpc_s_lines() -> None:
    """Have gRPC write no lines of its own, before it is imported: it reads once whether it may."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")


def configure() -> None:
    """Tell whatever goes wrong in this process by kind from now on; see `on_loop` for the event loop.

    Before gRPC is imported.
    """
    without_grpc_s_lines()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_KindOnly())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    # Else a record that can't be formatted is printed with its arguments.
    logging.raiseExceptions = False
    sys.excepthook = lambda kind, _error, trace: _tell("process", kind, trace)
    sys.unraisablehook = lambda about: _tell("destructor", about.exc_type, about.exc_traceback)
    threading.excepthook = lambda about: _tell("thread", about.exc_type, about.exc_traceback)


def on_loop() -> None:
    """Tell what fails on the running loop by kind: asyncio itself would print a callback's arguments."""
    asyncio.get_running_loop().set_exception_handler(_on_loop_failure)


def _on_loop_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if error is None:
        _tell("loop", None, None)
    else:
        _tell("loop", type(error), error.__traceback__)


def _tell(where: str, kind: type[BaseException] | None, trace: TracebackType | None) -> None:
    sys.stderr.write(_line(where, kind, trace, level="error") + "\n")


def _line(event: str, kind: type[BaseException] | None, trace: TracebackType | None, **more: str) -> str:
    import json  # noqa: PLC0415 - only where something failed

    said = {"event": event, **more}
    if kind is not None:
        said["problem"] = kind.__name__
    while trace is not None:
        said["code"] = f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return json.dumps(said)
