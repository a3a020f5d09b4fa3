"""Makes and looks at the state folder and its files by the rule of `folder_rule.py`."""

from pathlib import Path
from typing import Any

import pywintypes
import win32api
import win32file
import win32security

from lamplighter_agent.backends.windows.folder_rule import (
    FILE,
    FOLDER,
    PRIVATE,
    SYSTEM,
    Right,
    file_rights,
    folder_rights,
    problem,
    shown_to_others,
)

# What an ordinary user is told who would make something for the administrators.
_NOT_AN_OWNER = 1307


def make_folder(path: Path) -> None:
    """Make the folder with its rights, where there is none; raise `OSError` where that can't be.

    It is the administrators', whichever of them makes it (the service, or who enrols); an ordinary user's own
    where they are none.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for rights in (f"O:BA{FOLDER}", folder_rights(own_user())):
        try:
            win32file.CreateDirectory(str(path), _made(rights))
        except pywintypes.error as error:
            if error.winerror == _NOT_AN_OWNER:
                continue
            if not path.is_dir():
                raise OSError(error.winerror, error.strerror) from error
        return


def why_not_ours(path: Path) -> str:
    """Return why a folder that is there is not the service's own; empty where it is. Raises `OSError`."""
    wanted = win32security.OWNER_SECURITY_INFORMATION | win32security.DACL_SECURITY_INFORMATION
    try:
        found = win32security.GetFileSecurity(str(path), wanted)
    except pywintypes.error as error:
        raise OSError(error.winerror, error.strerror) from error
    rights = _rights(found)
    if rights is None:
        return "everybody may do everything there"
    return problem(_text(found.GetSecurityDescriptorOwner()), rights, own_user())


def is_shown(path: Path) -> bool:
    """Tell whether another account may read a file; raise `OSError` where that can't be asked."""
    try:
        found = win32security.GetFileSecurity(str(path), win32security.DACL_SECURITY_INFORMATION)
    except pywintypes.error as error:
        raise OSError(error.winerror, error.strerror) from error
    rights = _rights(found)
    return rights is None or shown_to_others(rights, own_user())


def _rights(found: Any) -> list[Right] | None:
    """Return what a descriptor allows; None where it has no list, which allows all."""
    listed = found.GetSecurityDescriptorDacl()
    if listed is None:
        return None
    rights = []
    for number in range(listed.GetAceCount()):
        (kind, _), mask, user = listed.GetAce(number)[:3]
        if kind == win32security.ACCESS_ALLOWED_ACE_TYPE:
            rights.append(Right(user=_text(user), mask=mask & 0xFFFF_FFFF))
    return rights


def show_file(path: Path) -> None:
    """Let everybody read a file; raise `OSError` where that can't be."""
    own = own_user()
    _set(path, FILE if own == SYSTEM else file_rights(own))


def hide_file(path: Path) -> None:
    """Let nobody else read a file; raise `OSError` where that can't be."""
    own = own_user()
    _set(path, PRIVATE if own == SYSTEM else f"{PRIVATE}(A;;FA;;;{own})")


def _set(path: Path, rights: str) -> None:
    how = win32security.DACL_SECURITY_INFORMATION | win32security.PROTECTED_DACL_SECURITY_INFORMATION
    try:
        win32security.SetFileSecurity(str(path), how, _made(rights).SECURITY_DESCRIPTOR)
    except pywintypes.error as error:
        raise OSError(error.winerror, error.strerror) from error


def own_user() -> str:
    """Return the security identifier that this process runs as."""
    token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32security.TOKEN_QUERY)
    return _text(win32security.GetTokenInformation(token, win32security.TokenUser)[0])


def _made(rights: str) -> Any:
    attributes = pywintypes.SECURITY_ATTRIBUTES()
    attributes.SECURITY_DESCRIPTOR = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(
        rights, win32security.SDDL_REVISION_1
    )
    return attributes


def _text(user: Any) -> str:
    return str(win32security.ConvertSidToStringSid(user))
