"""What a device has around the service: its certificate, disk, spool, socket, group, unit, what was left."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from lamplighter_agent.backends.select_device import group_members, pending_place, unit_problem
from lamplighter_agent.backends.select_process import PLACES
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.doctor.fault import Fault, fault
from lamplighter_agent.doctor.reach import reached
from lamplighter_agent.enrolment.pending import pending_in
from lamplighter_agent.enrolment.standing import Standing
from lamplighter_agent.errors import PendingUnusable
from lamplighter_agent.spool.entry import SpoolSettings

ROOM_BYTES: Final = 32 << 20
_ALMOST_FULL: Final = 0.9
_CLOCK_SECONDS: Final = 120.0


def of_files(config: AgentConfig, own: Standing, now: datetime) -> Iterator[Fault]:
    """Look at what lies on this device, whether a service runs or not."""
    there = next(one for one in (config.state, *config.state.parents) if one.exists())
    free = shutil.disk_usage(there).free
    if free < ROOM_BYTES:
        yield fault("disk", f"{free >> 20} MiB are free where the state is kept", "make room on that disk")
    if own.identity is not None and not own.not_enrolled and own.identity.expired(now):
        reason = f"it ended on {own.identity.until:%Y-%m-%d}, by this device's clock"
        remedy = "let the device reach the collector; 60 days after the end it must be enrolled again"
        yield fault("certificate", reason, remedy)
    if members := group_members(config.session.group):
        remedy = f"take them out: gpasswd --delete ACCOUNT {config.session.group}"
        yield fault("group-members", f"{members} accounts are in {config.session.group}", remedy)
    if reason := unit_problem():
        remedy = "systemctl unmask lamplighter-agent && systemctl enable --now lamplighter-agent"
        yield fault("unit", reason, remedy)


def of_left(config: AgentConfig, own: Standing, now: datetime) -> Iterator[Fault]:
    """Look at what lies ready to enrol with."""
    place = pending_place(config.file)
    try:
        told = place.read()
        pending = None if told is None else pending_in(told)
    except PendingUnusable as error:
        yield fault("enrolment-left", str(error), f"put {place.where} right, or remove it")
        return
    if pending is None:
        return
    if own.not_enrolled:
        yield from reached(pending.collector, pending.pin, now)
    else:
        yield fault("enrolment-left", "this device is enrolled already", f"remove {place.where}")


def of_running(told: Mapping[str, Any], config: AgentConfig) -> Iterator[Fault]:
    """Look at what a running service says of itself, beside its sensors."""
    enrolment, spool, collector = told["enrolment"], told["spool"], told["collector"]
    if problem := enrolment.get("renewal_problem"):
        yield fault("renewal", problem, "as it says; it is tried again by itself")
    if silent := enrolment.get("silent"):
        yield fault("silent", silent, "set the clock; see that the device reaches the collector")
    behind = collector.get("clock_behind_s")
    if behind is not None and abs(behind) >= _CLOCK_SECONDS:
        side = "behind" if behind > 0 else "ahead"
        reason = f"it is {abs(behind) // 60:.0f} minutes {side} the collector's"
        yield fault("clock", reason, "set the clock of this device, or of the collector")
    cap = SpoolSettings(organisation="").cap_bytes
    if spool.get("bytes", 0) >= _ALMOST_FULL * cap:
        reason = f"{spool['bytes'] >> 20} of {cap >> 20} MiB wait to be delivered"
        yield fault("spool-room", reason, "let the device reach the collector")
    # Where there is none, what would hold it is the state folder.
    if PLACES.runtime != PLACES.state and not config.socket.exists():
        yield fault("socket", f"{config.socket} is not there", "restart the service")
