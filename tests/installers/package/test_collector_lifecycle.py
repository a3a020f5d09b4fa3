"""The collector's package in a clean Debian without a network: from its installation to its purge.

No systemd runs there; the service is started as its unit starts it, by the account that the package made.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.built import collector_deb
from tests.support.chroot import Chroot
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.installer, pytest.mark.machine, pytest.mark.timeout(300)]
NAME = "lamplighter-collector"
PROGRAM = f"/usr/bin/{NAME}"
WANTS = f"etc/systemd/system/multi-user.target.wants/{NAME}.service"
TIMER = f"etc/systemd/system/timers.target.wants/{NAME}-backup.timer"
CONFIG = f"/etc/{NAME}/collector.toml"
PASSWORD = "harbour-lantern-quiet-7"
MOST_MB = 60
SERVE = ("setpriv", f"--reuid={NAME}", f"--regid={NAME}", "--clear-groups", PROGRAM, "serve")


@pytest.fixture
def debian() -> Iterator[Chroot]:
    with Chroot() as clean:
        yield clean


def put_answers(debian: Chroot) -> str:
    """A school of two, whose password of the first is in a file beside."""
    text = f"""
[organisation]
name = "Marrowby Vale School"
[addresses]
name = "localhost"
[[accounts]]
login = "r.alder"
name = "Rowan Alder"
roles = ["dsl"]
password_file = "rowan.secret"
[[accounts]]
login = "m.oak"
name = "Morgan Oak"
roles = ["headteacher", "chair"]
[[contacts]]
label = "Safeguarding lead"
value = "Room 4"
checked = {datetime.now(UTC):%Y-%m-%d}
"""
    secret = debian.root / "root/rowan.secret"
    secret.write_text(PASSWORD, encoding="ascii")
    secret.chmod(0o600)
    (debian.root / "root/answers.toml").write_text(text, encoding="utf-8")
    return "/root/answers.toml"


def is_served(debian: Chroot) -> bool:
    """Whether something listens where the page is to be."""
    return f":{8443:04X} 00000000:0000 0A" in debian.run("cat", "/proc/net/tcp").stdout


def owners(debian: Chroot, folder: str) -> set[str]:
    return set(debian.run("find", folder, "-printf", "%u\\n").stdout.split())


def test_it_is_installed_set_up_served_upgraded_removed_and_purged_without_loss(debian: Chroot) -> None:
    package = collector_deb(compression="gzip")
    assert package.stat().st_size <= MOST_MB * 1_000_000
    said = debian.run("dpkg", "--install", debian.put(package)).stdout
    assert "Now: lamplighter-collector setup" in said
    assert (debian.root / WANTS).is_symlink()
    assert (debian.root / TIMER).is_symlink()

    made = debian.run(PROGRAM, "setup", "--answers", put_answers(debian), "--json")
    told = json.loads(made.stdout)
    assert told["keys"] == f"/var/lib/{NAME}-keys"
    assert PASSWORD not in made.stdout + made.stderr
    for folder in (f"/var/lib/{NAME}", f"/var/lib/{NAME}-keys"):
        assert owners(debian, folder) == {NAME}
    assert debian.run("stat", "-c", "%U %G %a", CONFIG).stdout.split() == ["root", NAME, "640"]

    with debian.running(*SERVE) as service:
        wait_for(lambda: is_served(debian), "the page")
        # Root's verbs beside it leave nothing behind that the account can't use.
        issue = debian.run(PROGRAM, "tokens", "issue", "--asset-tags", "AV-*", "--attester", "Robin Fenwick")
        assert json.loads(issue.stdout)["pin"] == told["pin"]
        backup = debian.run(PROGRAM, "backup", "--to", f"/var/backups/{NAME}", "--json")
        assert json.loads(backup.stdout)[0]["kept"] == 1
        # As the kernel names it.
        debian.run("pkill", "-TERM", "-x", "lamplighter-col")
        assert service.wait(30) == 0
    assert owners(debian, f"/var/lib/{NAME}") == {NAME}

    settings = (debian.root / CONFIG[1:]).read_text(encoding="utf-8")
    debian.run("dpkg", "--install", debian.put(collector_deb("0.1.1", compression="none")))
    assert (debian.root / CONFIG[1:]).read_text(encoding="utf-8") == settings
    state = json.loads(debian.run(PROGRAM, "status", "--json").stdout)
    assert (state["backup"]["problem"], state["keys"]) == (
        "",
        "master key, key ring and store belong together",
    )

    debian.run("dpkg", "--remove", NAME)
    assert not (debian.root / f"usr/lib/{NAME}").exists()
    assert (debian.root / CONFIG[1:]).exists()
    purged = debian.run("dpkg", "--purge", NAME).stdout
    assert "Kept, since they are records of safeguarding" in purged
    assert not (debian.root / f"etc/{NAME}").exists()
    (saved,) = (debian.root / "var/lib").glob(f"{NAME}-settings.*")
    assert (saved / "collector.toml").read_text(encoding="utf-8") == settings
    assert list((debian.root / f"var/lib/{NAME}-keys").iterdir())
    # Cut off half way, it leaves what nobody can read.
    (erase,) = re.findall(rf"rm -r /var/lib/{NAME}-keys .+", purged)
    debian.run("sh", "-c", erase)
    assert not list((debian.root / "var/lib").glob(f"{NAME}*"))


def test_what_was_never_set_up_leaves_nothing(debian: Chroot) -> None:
    debian.run("dpkg", "--install", debian.put(collector_deb(compression="gzip")))
    refused = debian.run(PROGRAM, "status", check=False)
    assert refused.returncode == 2
    assert f"{CONFIG}: no such file: run `lamplighter-collector setup` first" in refused.stderr
    debian.run("dpkg", "--purge", NAME)
    left = debian.run("find", "/", "-xdev", "-name", f"*{NAME}*", "-not", "-path", "/proc/*").stdout.split()
    assert [path for path in left if not path.startswith(("/root/", "/var/lib/dpkg/"))] == []
    assert debian.run("getent", "passwd", NAME, check=False).returncode != 0
