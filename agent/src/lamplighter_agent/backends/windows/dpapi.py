"""Windows' own box for small secrets (DPAPI), with the key of the account that this process runs as.

For the service that is the system's: no administrator's program opens it by calling the same function. It
keeps a copied folder shut, not a copied disk: Windows' keys lie on that, too. Never ran on Windows.
"""

from typing import Any

import pywintypes
import win32crypt

# Nobody is there to be asked.
_NO_QUESTION = 0x1


class Dpapi:
    """Fulfils `key_files.Box`."""

    name = "DPAPI"

    def seal(self, plain: bytes) -> bytes:
        try:
            return bytes(win32crypt.CryptProtectData(plain, None, None, None, None, _NO_QUESTION))
        except pywintypes.error as error:
            raise OSError(error.winerror, "Windows does not seal it") from error

    def open(self, sealed: bytes) -> bytes:
        try:
            found: Any = win32crypt.CryptUnprotectData(sealed, None, None, None, _NO_QUESTION)
        except pywintypes.error as error:
            raise OSError(error.winerror, "Windows does not open it") from error
        return bytes(found[1])

    def check(self, descriptor: int) -> None:
        """Nothing to refuse: whoever can open the file has only what is sealed."""
