"""How sure it is that an account is one person. A label: it never lowers sensing, severity or order. Pure.

The account is the kernel's word on the session; that several people share it, or that nobody signs in, only
the school knows. "Other" is said by a person at the device (`somebody_else.py`) and is not decided here.
"""

from pathlib import PurePosixPath
from typing import Final, TypeAlias

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.config import SessionConfig
from lamplighter_agent.launching import Account

Identity: TypeAlias = pb.IdentityConfidence.ValueType
# root and nobody: whoever sits there, it is no person's own account.
_NOBODY: Final = frozenset({0, 65534})
# A home that is gone after a restart is that of a guest, made for one sign-in.
_PASSING: Final = tuple(PurePosixPath(folder) for folder in ("/tmp", "/var/tmp", "/run", "/Users/Guest"))  # noqa: S108 - named


def identity_of(account: Account, config: SessionConfig) -> Identity:
    """Return kiosk or shared where the school names the account so, unknown where it is nobody's own."""
    if account.name in config.kiosk_users:
        return pb.IDENTITY_CONFIDENCE_KIOSK
    if account.name in config.shared_users:
        return pb.IDENTITY_CONFIDENCE_SHARED
    home = PurePosixPath(account.home)
    if account.uid in _NOBODY or any(home.is_relative_to(folder) for folder in _PASSING):
        return pb.IDENTITY_CONFIDENCE_UNKNOWN
    return pb.IDENTITY_CONFIDENCE_NAMED
