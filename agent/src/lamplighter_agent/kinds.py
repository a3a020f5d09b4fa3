"""Which kind of user an account is, by the technician's settings, the device's groups and its enrolment."""

from lamplighter_protos.v1 import detection_pb2 as pb

from lamplighter_agent.backends.select_device import groups_named
from lamplighter_agent.config import SessionConfig
from lamplighter_agent.launching import Account

_KINDS = {"pupil": pb.USER_KIND_PUPIL, "staff": pb.USER_KIND_STAFF}
STAFF_DEVICES = "staff"


def kind_of(account: Account, config: SessionConfig, device_group: str) -> pb.UserKind.ValueType:
    """Return staff for a named account or a member of a named group, the default for everybody else.

    The default is the technician's, and where none is set that of the group for which the device was
    enrolled: the laptop of a teacher must not show what its user types to the ordinary queue.
    """
    if account.name in config.staff_users or groups_named(config.staff_groups) & {*account.groups}:
        return pb.USER_KIND_STAFF
    if config.default_kind:
        return _KINDS[config.default_kind]
    return pb.USER_KIND_STAFF if device_group == STAFF_DEVICES else pb.USER_KIND_PUPIL
