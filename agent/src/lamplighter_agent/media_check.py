"""Looks at what portable media are held and scanned by, for `doctor`. Changes nothing.

The engine is asked anew, as before a scan: is it there, does it refuse what it can't look into, and how old
are its signatures. What holds media while nothing of ours runs (udev's rule and polkit's) is looked at where
no service runs; a running one tries it itself, and tells.
"""

import asyncio
from typing import Final

from lamplighter_agent.backends.ports import SensorState
from lamplighter_agent.backends.select_device import media_rules, media_scanner
from lamplighter_agent.config import MediaConfig
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.media.scan.outcome import ScanLimits

# An engine that hangs takes minutes to be given up in a scan; who waits at a terminal is told before.
ANSWERS_WITHIN_S: Final = 30.0
GUARD: Final = "media guard"
SCANNER: Final = "scan of portable media"


async def looked_at(
    config: MediaConfig,
    *,
    running: bool,
    limits: ScanLimits | None = None,
    within_s: float = ANSWERS_WITHIN_S,
) -> list[SensorState]:
    """Return the engine's state, and that of the system's rules where no service is `running`.

    `limits` say how old its signatures may be; without them what holds where no school sets it.
    """
    scanner = await _scanner(config, limits, within_s)
    return [scanner] if running else [scanner, await _rules()]


async def _scanner(config: MediaConfig, limits: ScanLimits | None, within_s: float) -> SensorState:
    scanner = media_scanner(config.clamd, config.rules)
    try:
        async with asyncio.timeout(within_s):
            return await scanner.state(limits)
    except TimeoutError:
        remedy = f"restart {scanner.name}"
        return SensorState(
            sensor=SCANNER, working=False, backend=scanner.name, reason="does not answer", remedy=remedy
        )


async def _rules() -> SensorState:
    try:
        await media_rules()
    except BackendUnavailable as error:
        return SensorState(
            sensor=GUARD, working=False, backend=error.port, reason=error.reason, remedy=error.remedy
        )
    return SensorState(sensor=GUARD, working=True, backend="")
