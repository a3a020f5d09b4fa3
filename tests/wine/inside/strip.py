"""Shows the strip and tells each change of what Windows says of it, until a line comes."""

import asyncio
import sys

from lamplighter_agent.backends.windows.strip_window import StripWindow

from tests.wine.inside.report import Report

LOOK_EVERY_S = 0.1


async def main(report: Report) -> None:
    strip = StripWindow()
    await strip.open(lambda: None, lambda: None)
    strip.show("Lamplighter is on: this device belongs to Larkhill Bridge School.")
    asked = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    last: str | None = None
    while not asked.done():
        now = strip.missing()
        if now != last:
            report.say(missing=now)
            last = now
        await asyncio.wait({asked}, timeout=LOOK_EVERY_S)
    await strip.close()
    report.say(closed=strip.missing())


if __name__ == "__main__":
    asyncio.run(main(Report(sys.argv[1])))
