"""Who may do what with a key of the registry, by pywin32; raises OSError. Never ran on Windows."""

from pathlib import Path
from typing import Any, Final

import pywintypes
import win32security

from lamplighter_agent.backends.windows.folder_access import is_shown, own_user
from lamplighter_agent.backends.windows.folder_rule import ADMINISTRATORS, SYSTEM

# To set a value, make or link a key, delete, change rights or owner; and the general kinds of that.
_WRITES: Final = 0x500D_0026
_STANDING_IN: Final = frozenset({"S-1-3-0", "S-1-3-4"})
# In Windows' notation: the service and administrators, and nothing that is inherited.
_CLOSED: Final = "D:P(A;OICI;KA;;;SY)(A;OICI;KA;;;BA)"


class KeyAccess:
    """Fills `Access`."""

    def others_may_write(self, key: str) -> bool:
        try:
            found = win32security.GetNamedSecurityInfo(
                f"MACHINE\\{key}",
                win32security.SE_REGISTRY_KEY,
                win32security.DACL_SECURITY_INFORMATION,
            ).GetSecurityDescriptorDacl()
        except pywintypes.error as error:
            raise OSError(error.winerror, error.strerror) from error
        if found is None:
            return True
        trusted = {SYSTEM, ADMINISTRATORS, own_user()} | _STANDING_IN
        entries = [found.GetAce(number) for number in range(found.GetAceCount())]
        return any(
            entry[0][0] == win32security.ACCESS_ALLOWED_ACE_TYPE
            and entry[1] & _WRITES
            and str(win32security.ConvertSidToStringSid(entry[2])) not in trusted
            for entry in entries
        )

    def close(self, key: str) -> None:
        made: Any = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(
            _CLOSED, win32security.SDDL_REVISION_1
        )
        how = win32security.DACL_SECURITY_INFORMATION | win32security.PROTECTED_DACL_SECURITY_INFORMATION
        try:
            win32security.SetNamedSecurityInfo(
                f"MACHINE\\{key}",
                win32security.SE_REGISTRY_KEY,
                how,
                None,
                None,
                made.GetSecurityDescriptorDacl(),
                None,
            )
        except pywintypes.error as error:
            raise OSError(error.winerror, error.strerror) from error

    def file_is_shown(self, path: Path) -> bool:
        return is_shown(path)
