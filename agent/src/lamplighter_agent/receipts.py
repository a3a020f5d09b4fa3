"""Tells a descriptor which ids are safe: a diagnostic for tests that kill the service.

It must never cost a record: when nobody reads any more it says so once and falls silent.
"""

import os

import structlog

_log = structlog.get_logger(__name__)


class Receipts:
    """Writes each id as a line of hex."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def __call__(self, stored: bytes) -> None:
        if self._descriptor is None:
            return
        data = stored.hex().encode() + b"\n"
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            self._descriptor = None
            _log.warning("receipts_ended", problem=type(error).__name__)
