"""What Windows calls accounts and groups, and in which language it speaks to one.

What only a domain knows may take a while, so it is asked once.
"""

import contextlib
import functools
from collections.abc import Iterable

import pywintypes
import win32api
import win32con
import win32security

from lamplighter_agent.backends.windows.person_session import account_name, number_of

# Of an account's part of the registry: what they chose to be spoken to in, else how they write dates.
LANGUAGES = (
    (r"Control Panel\Desktop", "PreferredUILanguages"),
    (r"Control Panel\International", "LocaleName"),
)


@functools.lru_cache(maxsize=256)
def name_of(identifier: str) -> str:
    """Return an account's name; its identifier where nobody knows another one."""
    try:
        found = win32security.ConvertStringSidToSid(identifier)
        name, domain, _ = win32security.LookupAccountSid(None, found)
    except pywintypes.error:
        return identifier
    return account_name(str(name), str(domain), str(win32api.GetComputerName()))


def language_of(identifier: str) -> str:
    """Return the language that a signed-in account has chosen, as a tag; empty where it has none."""
    for place, name in LANGUAGES:
        with contextlib.suppress(pywintypes.error):
            key = win32api.RegOpenKeyEx(win32con.HKEY_USERS, f"{identifier}\\{place}", 0, win32con.KEY_READ)
            try:
                told, _ = win32api.RegQueryValueEx(key, name)
            finally:
                key.Close()
            found = told[0] if isinstance(told, list) and told else told
            if found and isinstance(found, str):
                return found
    return ""


@functools.lru_cache(maxsize=256)
def _group(name: str) -> int | None:
    try:
        found, _, _ = win32security.LookupAccountName(None, name)
    except pywintypes.error:
        return None
    return number_of(str(win32security.ConvertSidToStringSid(found)))


def groups_named(names: Iterable[str]) -> frozenset[int]:
    """Return the groups of these names; one that this device does not know is left out."""
    return frozenset(number for name in names if (number := _group(name)) is not None)
