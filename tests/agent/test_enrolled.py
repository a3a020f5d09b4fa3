"""What an enrolled device keeps over its restarts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lamplighter_agent.clock import SystemClock
from lamplighter_agent.config import AgentConfig, CollectorConfig
from lamplighter_agent.enrolled import Enrolled
from lamplighter_agent.health import Health
from lamplighter_agent.losses import LossLedger
from lamplighter_agent.recorder import Recorder
from lamplighter_agent.status import SAME_USER, ServiceStatus

from tests.support.certificates import Authority

SCHOOL = "Alder Vale School"
