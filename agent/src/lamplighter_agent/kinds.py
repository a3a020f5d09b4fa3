"""Which kind of user an account is, by the technician's settings and the device's groups."""

import grp

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.config import SessionConfig
from lamplighter_agent.launching import Account

_KINDS = {"pupil": pb.USER_KIND_PUPIL, "staff": pb.USER_KIND_STAFF}


def kind_of(account: Account, config: SessionConfig) -> pb.UserKind.ValueType:
    """Return staff for a named account or a member of a named group, the default for everybody else."""
    if account.name in config.staff_users or config.staff_groups & _group_names(account):
        return pb.USER_KIND_STAFF
    return _KINDS[config.default_kind]


def _group_names(account: Account) -> set[str]:
    names = set()
    for gid in account.groups:
        try:
            names.add(grp.getgrgid(gid).gr_name)
        except KeyError:
            continue
    return names
