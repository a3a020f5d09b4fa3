"""What udev would do to a USB device that is not there: `udevadm test` over umockdev's pretended /sys.

In a mount namespace of its own, with the rules of this machine and ours; nothing of it stays.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Final

from tests.support.media_world import UDEV_RULES
from tests.support.sources import ROOT
from tests.support.usb_bench import WRAPPER, Bench, Usb

# As a desktop's own rules do with what it knows, here with everything.
_EVERYBODY: Final = 'SUBSYSTEM=="usb", TAG+="uaccess"'
_WITHIN: Final = "\n".join(
    (
        "mount -t tmpfs rules /etc/udev/rules.d",
        "mount -t tmpfs database /run/udev",
        f"echo '{_EVERYBODY}' >/etc/udev/rules.d/70-everybody.rules",
        f"cp {UDEV_RULES} /etc/udev/rules.d/",
        'exec "$@"',
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What becomes of a device's node. `person` may open it: who sits at the screen."""

    mark: str
    person: bool
    owner: str
    group: str
    mode: str


def node_of(device: Usb) -> Node:
    """Ask udev what it would do."""
    within = ("unshare", "--mount", "--propagation", "private", "--", "sh", "-euc", _WITHIN, "sh")
    command = [*within, WRAPPER, sys.executable, "-m", "tests.support.udev_bench"]
    order = json.dumps({"description": device.description(), "path": device.path})
    done = subprocess.run(
        command, input=order, capture_output=True, text=True, cwd=ROOT, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return Node(**json.loads(done.stdout))


def _main() -> None:
    order = json.loads(sys.stdin.read())
    Bench().add(order["description"])
    command = ["udevadm", "test", "--action=add", f"/sys{order['path']}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    permissions = {"OWNER": "", "GROUP": "", "MODE": ""}
    for line in done.stderr.splitlines():
        words = line.split()
        if len(words) > 2 and words[-2] in permissions:
            permissions[words[-2]] = words[-1]
    node = Node(
        mark=told.get("LAMPLIGHTER_MEDIA", ""),
        person="uaccess" in told.get("CURRENT_TAGS", "").split(":"),
        owner=permissions["OWNER"],
        group=permissions["GROUP"],
        mode=permissions["MODE"],
    )
    sys.stdout.write(json.dumps(asdict(node)))


if __name__ == "__main__":
    _main()
