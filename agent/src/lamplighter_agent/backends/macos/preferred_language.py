"""The language that a person of a Mac has chosen, from the one preference that says it.

A Mac gives no program a LANG. The file is the person's: it is opened as what it must be, a small file of
their own, and nothing but one language tag is taken from it.
"""

import os
import plistlib
import re
import stat
from pathlib import Path
from typing import Final
from xml.parsers.expat import ExpatError

FILE: Final = "Library/Preferences/.GlobalPreferences.plist"
_LARGEST: Final = 1 << 20
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def preferred_language(home: str, user: int) -> str:
    """Return a tag such as cy-GB; "" where there is none to be had."""
    try:
        descriptor = os.open(Path(home) / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return ""
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_uid != user or about.st_size > _LARGEST:
            return ""
        return _first(os.read(descriptor, _LARGEST))
    except OSError:
        return ""
    finally:
        os.close(descriptor)


def _first(raw: bytes) -> str:
    try:
        found = plistlib.loads(raw)
    except (ValueError, ExpatError, RecursionError, OverflowError, MemoryError):
        return ""
    languages = found.get("AppleLanguages") if isinstance(found, dict) else None
    if not isinstance(languages, list) or not languages or not isinstance(languages[0], str):
        return ""
    return languages[0] if _TAG.fullmatch(languages[0]) else ""
