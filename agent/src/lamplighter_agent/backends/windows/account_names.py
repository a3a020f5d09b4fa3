"""What Windows calls accounts and groups. What only a domain knows may take a while, so it is asked once."""

import functools
from collections.abc import Iterable

import pywintypes
import win32api
import win32security

from lamplighter_agent.backends.windows.person_session import account_name, number_of


@functools.lru_cache(maxsize=256)
def name_of(identifier: str) -> str:
    """Return an account's name; its identifier where nobody knows another one."""
    try:
        found = win32security.ConvertStringSidToSid(identifier)
        name, domain, _ = win32security.LookupAccountSid(None, found)
    except pywintypes.error:
        return identifier
    return account_name(str(name), str(domain), str(win32api.GetComputerName()))


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
