"""What the DSL of the demo does with the incident: shows its words, decides, and has the record checked."""

import subprocess
import sys
from pathlib import Path

from installers.quickstart.browser import Browser, stamps

OUTCOME = "test"


def decide(browser: Browser, incident: str) -> None:
    """Show the words of an incident and decide it, by the forms of its page."""
    path = f"/incidents/{incident}"
    shown = browser.send(path, stamps(browser.read(path), f"{path}#words"))
    if "<mark>" not in shown:
        raise RuntimeError("the page did not show the words of the incident")
    form = stamps(shown, f"{path}/decide") | {"outcome": OUTCOME, "note": "The demonstration of this device"}
    browser.send(f"{path}/decide", form)
    if incident in browser.read("/"):
        raise RuntimeError("the incident is decided and still in the queue")


def audit(config: Path) -> str:
    """Have the chain of the audit trail verified; return what the collector says of it, in a line."""
    command = [sys.executable, "-m", "lamplighter_collector", "audit", "verify", "--config", str(config)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the audit trail is not sound: {(done.stderr or done.stdout).strip()}")
    return " ".join(done.stdout.split())
