"""Tries what wine may not have: a place for the icon in the taskbar, and UI Automation."""

import asyncio
import sys

from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.backends.windows._uia import Uia
from lamplighter_agent.backends.windows.indicator import WindowsIndicator
from lamplighter_agent.backends.windows.tray_icon import TrayIcon
from lamplighter_agent.errors import BackendUnavailable

from tests.wine.inside.report import Report


async def main(report: Report) -> None:
    told: list[tuple[bool, str]] = []
    icon = WindowsIndicator(TrayIcon(), Sign(organisation="Larkhill Bridge School"))
    await icon.start(lambda shown, reason: told.append((shown, reason)))
    icon.says(on=True)
    await icon.stop()
    report.say(icon=told[-1])
    try:
        automation = Uia()
    except BackendUnavailable as unavailable:
        report.say(automation=[False, unavailable.reason])
    else:
        field = automation.focused()
        automation.close()
        report.say(automation=[field is not None, "it names no focused element"])


if __name__ == "__main__":
    asyncio.run(main(Report(sys.argv[1])))
