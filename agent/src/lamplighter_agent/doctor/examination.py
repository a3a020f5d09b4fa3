"""All that is looked at, in the order in which somebody would put it right."""

from pathlib import Path

from lamplighter_agent import config as configuration
from lamplighter_agent import status
from lamplighter_agent.backends.select_device import machine_facts
from lamplighter_agent.check import problems
from lamplighter_agent.clock import Clock, SystemClock
from lamplighter_agent.doctor.fault import Fault, fault, fault_of
from lamplighter_agent.doctor.reach import reached_by
from lamplighter_agent.doctor.surroundings import of_files, of_left, of_running
from lamplighter_agent.enrolment.standing import standing
from lamplighter_agent.errors import ConfigError


def faults(path: Path, *, clock: Clock | None = None) -> list[Fault]:
    """Return every fault of this device by its configuration; none where nothing is wrong. Takes seconds."""
    try:
        config = configuration.load(path)
    except ConfigError as error:
        return [fault("configuration", error.problem, "see agent/README.md, Configuration", what=error.key)]
    found = [fault_of(problem) for problem in problems(path)]
    now = (clock or SystemClock()).now()
    own = standing(config.state, facts=machine_facts())
    found += [*of_files(config, own, now), *of_left(config, own, now)]
    if own.identity is not None and not own.not_enrolled:
        found += reached_by(own.identity, now)
    if (told := status.read(config.status_file)) is not None:
        known = {one.id for one in found}
        found += [one for one in of_running(told, config) if one.id not in known]
    return found
