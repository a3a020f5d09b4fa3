"""Who may do what with the state folder and the files in it: the rights, and the rule that judges them.

The folder is made with its rights at once, so that nobody can be in it before. What is in it inherits them:
the system and administrators, and the service's own user where that is another; nobody else. Files that
everybody may read say so themselves. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SYSTEM: Final = "S-1-5-18"
ADMINISTRATORS: Final = "S-1-5-32-544"
# Windows' own installer, and who makes something: those rights stand for whoever that is.
_INSTALLER: Final = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
_STANDING_IN: Final = frozenset({"S-1-3-0", "S-1-3-4"})
# To write, append, delete or change rights; and the general kinds of that.
WRITES: Final = 0x500D_0156


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One line of an access list: whom it allows what; a line that forbids is left out."""

    user: str
    mask: int


# In Windows' notation. Others may look into the folder, no further; and may read a file that is for them, but
# not one that is for us alone.
FOLDER: Final = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1200a9;;;BU)"
FILE: Final = "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;BU)"
PRIVATE: Final = "D:P(A;;FA;;;SY)(A;;FA;;;BA)"
# To read data, attributes or rights, and the general kinds of that; writing is no less.
READS: Final = WRITES | 0xB000_0009


def shown_to_others(rights: Sequence[Right], own: str) -> bool:
    """Tell whether another account may read a file with these rights. Pure."""
    trusted = {SYSTEM, ADMINISTRATORS, _INSTALLER, own} | _STANDING_IN
    return any(right.mask & READS for right in rights if right.user not in trusted)


def folder_rights(own: str) -> str:
    """Return the rights of a state folder that is an ordinary user's, for a demonstration."""
    return f"{FOLDER}(A;OICI;FA;;;{own})"


def file_rights(own: str) -> str:
    """Return the rights of a file of theirs that everybody may read."""
    return f"{FILE}(A;;FA;;;{own})"


def problem(owner: str, rights: Sequence[Right], own: str) -> str:
    """Return why a folder is not the service's own; empty where it is."""
    trusted = {SYSTEM, ADMINISTRATORS, _INSTALLER, own}
    if owner not in trusted:
        return "belongs to another user"
    others = (right for right in rights if right.user not in trusted | _STANDING_IN)
    return "others may write to it" if any(right.mask & WRITES for right in others) else ""
