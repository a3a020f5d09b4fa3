"""Debian's own judges of a package: what lintian finds in it, and what it leaves behind by piuparts."""

import subprocess
import tempfile
from pathlib import Path

from tests.support.chroot import UNSEEING, base


def lintian_finds_nothing(package: Path) -> None:
    """Fail with what it finds, an overridden thing not counted."""
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning", str(package)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def piuparts_finds_nothing(package: Path) -> None:
    """Fail where it can't be installed, removed and purged in a clean Debian, leaving that as it was."""
    # The copy of a system is made in a folder that is not kept.
    with tempfile.TemporaryDirectory(prefix="piuparts-", dir="/var/tmp") as room:
        judge = ["piuparts", "--existing-chroot", str(base()), "--distribution", "bookworm"]
        judge += ["--keep-sources-list", "--skip-minimize", "--no-eatmydata", "--no-upgrade-test"]
        judge += ["--tmpdir", room, str(package)]
        # Its mounts go with it, whatever becomes of it.
        alone = [*UNSEEING, "unshare", "--net"]
        done = subprocess.run([*alone, *judge], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "PASS: All tests" in done.stdout
