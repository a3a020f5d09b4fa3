"""What the device remembers of portable media between two runs: one sealed file of small values.

::

    <state>/media/         mode 0700
      kept                 JSON, sealed with this device's key: receipts, requests, tries of codes, what
                           rests, the time
      register             the signed register of permissions, sealed (`permissions.py`)

Nothing in it names a file of a medium. It is written whole or not at all. A file that does not open (a spoilt
disk: nobody but the service may write there) is told of by `damaged` and begun anew. What is lost by that are
receipts, so that media are scanned again; the secret of the unlock codes, so that none counts until the
collector sends it once more; who asked for what, so that nobody is told that it was refused; and which
permissions rested, so that all of them do until the next register.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import structlog
from lamplighter_keywords.errors import BundleMalformed

from lamplighter_agent.backends.ports import KeyStore
from lamplighter_agent.bundles.seal import BundleSeal, read_sealed
from lamplighter_agent.errors import KeyUnavailable
from lamplighter_agent.files import replace_whole

_log = structlog.get_logger(__name__)
FOLDER: Final = "media"
_PURPOSE: Final = b"lamplighter media file\x00"
_LARGEST: Final = 4 << 20


class SealedFile:
    """One file that only this device can read. Blocks for as long as a small file takes."""

    def __init__(self, path: Path, keys: KeyStore) -> None:
        self._path = path
        self._keys = keys

    def read(self) -> bytes | None:
        """Return what was written; None where nothing was. Raises BundleMalformed for what does not open."""
        return read_sealed(self._path, _LARGEST, self._seal)

    def write(self, plain: bytes) -> None:
        """Replace it whole; raises OSError, and KeyUnavailable."""
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        replace_whole(self._path, self._seal().seal(plain))

    def _seal(self) -> BundleSeal:
        return BundleSeal(self._keys, _PURPOSE + self._path.name.encode())


class Kept:
    """Values by name. What can't be written is kept in memory and tried again at the next change."""

    def __init__(self, file: SealedFile) -> None:
        self._file = file
        self._values: dict[str, Any] = {}
        # Something was kept and can't be read any more.
        self.damaged = False
        try:
            raw = file.read()
            self._values = {} if raw is None else dict(json.loads(raw))
        except (BundleMalformed, KeyUnavailable, ValueError, TypeError, RecursionError) as error:
            self.damaged = True
            _log.error("media_memory_lost", problem=type(error).__name__)

    def get(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)

    def put(self, values: Mapping[str, Any]) -> None:
        """Keep these under their names, together."""
        if all(name in self._values and self._values[name] == value for name, value in values.items()):
            return
        self._values.update(values)
        try:
            self._file.write(json.dumps(self._values).encode())
        except (OSError, KeyUnavailable) as error:
            _log.error("media_memory_not_kept", problem=type(error).__name__)
