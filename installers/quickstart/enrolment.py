"""Enrols the device by the two real verbs: the collector issues a token, the agent exchanges it.

Every start enrols anew, since the collector may listen elsewhere; what waits in the agent's spool stays.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ATTESTER = "The demo's owner"


def token(collector: Path, *, asset_tag: str, attester: str) -> dict[str, str]:
    """Return a token for one device, also one that is enrolled, with the pin and where to enrol.

    `collector` is its settings file.
    """
    command = [sys.executable, "-m", "lamplighter_collector", "tokens", "issue", "--config", str(collector)]
    options = ["--asset-tags", asset_tag, "--attester", attester, "--hours", "1", "--replace"]
    done = subprocess.run([*command, *options], check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"no token was issued: {done.stderr.strip()}")
    issued: dict[str, str] = json.loads(done.stdout)
    return issued


def enrol(agent: Sequence[str], config: Path, issued: Mapping[str, str], *, asset_tag: str) -> None:
    """Run `lamplighter-agent enrol`; the token goes by standard input, where no list of processes has it."""
    told = ["--collector", issued["collector"], "--pin", issued["pin"], "--asset-tag", asset_tag]
    command = [*agent, "enrol", "--config", str(config), *told, "--token-file", "-"]
    done = subprocess.run(command, input=issued["token"], check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the device was not enrolled: {done.stderr.strip()}")
