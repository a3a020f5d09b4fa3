"""Portable media on a real USB bus: refused, or scanned and released to the pupil at the screen."""

import re
from typing import Any, Final

from lamplighter_agent.notice.languages import language_of

from tests.machine.booted import PASSPHRASE
from tests.machine.school import School
from tests.machine.sticks import inside, pull, put_in
from tests.support.outcome import Outcome, beyond, proven

_TITLE: Final = language_of("en").media.title
_ESSAY: Final = "about lamps"
_FORCED: Final = {"noexec", "nosuid", "nodev"}


def check_refused(school: School) -> list[Outcome]:
    """Put one in that nobody permitted."""
    stick = school.sticks["VFAT0001"]
    with inside(school.computer, stick):
        told = school.until_decided("refuse")
        dialog = school.until("a dialog", lambda: _TITLE in _windows(school))
        mounted = school.mount(stick.node)
        raw = school.computer.pupil.sh(f"head -c 1 {stick.node} >/dev/null && echo read")
    school.until("the incident", lambda: "unapproved-media" in school.themes())
    return [
        proven(
            "no permission: refused; UDisks and the disk's node refuse the pupil",
            holds=told["reason"] == "no-permission" and not mounted and "read" not in raw.split(),
            otherwise=str(told),
        ),
        proven("no permission: the pupil is told in a dialog", holds=bool(dialog), otherwise=""),
        proven("no permission: an incident at the collector", holds=True, otherwise=""),
    ]


def check_released(school: School) -> list[Outcome]:
    """Permit sticks of each file system that Debian's kernel reads, and NTFS, which it doesn't."""
    found = [_released(school, serial, kind) for serial, kind in _CLEAN.items()]
    stick = school.sticks["NTFS0001"]
    school.grant(stick.medium)
    with inside(school.computer, stick):
        told = school.until_decided("refuse", "release")
    known = school.computer.root.sh("modprobe --dry-run ntfs3 && echo known").split()[-1:] == ["known"]
    lacking = f"Debian 12's kernel has no ntfs3: refused, {told['scan'] or told['reason']}"
    return [
        *found,
        beyond("permitted and clean: ntfs", shown=known and told["step"] == "release", lacking=lacking),
    ]


_CLEAN: Final = {"VFAT0001": "vfat", "EXFAT001": "exfat", "EXT40001": "ext4"}


def _released(school: School, serial: str, kind: str) -> Outcome:
    stick = school.sticks[serial]
    school.grant(stick.medium)
    with inside(school.computer, stick):
        school.until_decided("release")
        seen = used(school, stick.node)
    holds = seen.pop("kind", "") == kind and all(seen.values())
    return proven(
        f"permitted and clean: {kind} is mounted by UDisks for the pupil, read, written, no program starts",
        holds=holds,
        otherwise=f"{seen}",
    )


def used(school: School, node: str) -> dict[str, Any]:
    """Mount it as the pupil, read the essay, write one and take it off."""
    place = school.mount(node)
    if not place:
        return {"mounted": False}
    pupil = school.computer.pupil
    kind, options = pupil.run("findmnt", "-n", "-o", "FSTYPE,OPTIONS", place).split()
    read = pupil.run("cat", f"{place}/work/essay.txt").strip()
    written = pupil.sh(f"echo mine > {place}/work/mine.txt && cat {place}/work/mine.txt").strip()
    program = pupil.sh(f"cp /bin/true {place}/work/; {place}/work/true && echo ran")
    gone = pupil.run("udisksctl", "unmount", "--no-user-interaction", "-b", node)
    return {
        "kind": kind,
        "options": set(options.split(",")) >= _FORCED,
        "read": read == _ESSAY,
        "written": written == "mine",
        "starts no program": "ran" not in program.split(),
        "unmounted": gone.startswith("Unmounted"),
    }


def check_infected(school: School) -> list[Outcome]:
    stick = school.sticks["DIRTY001"]
    school.grant(stick.medium)
    with inside(school.computer, stick):
        told = school.until_decided("refuse")
        mounted = school.mount(stick.node)
        receipt = school.receipt(stick)
    school.until("the incident", lambda: "malware-media" in school.themes())
    return [
        proven(
            "permitted and infected: blocked, an incident and a receipt at the collector",
            holds=told["reason"] == "infected" and not mounted and receipt["verdict"] == "infected",
            otherwise=str(told),
        )
    ]


def check_read_only(school: School) -> list[Outcome]:
    stick = school.sticks["READ0001"]
    school.grant(stick.medium, "--read-only")
    with inside(school.computer, stick):
        school.until_decided("release")
        place = school.mount(stick.node)
        pupil = school.computer.pupil
        read = pupil.run("cat", f"{place}/work/essay.txt").strip()
        wrote = pupil.sh(f"echo mine > {place}/mine.txt && echo wrote").split()
        pupil.run("udisksctl", "unmount", "--no-user-interaction", "-b", stick.node)
        # Asking for more.
        place = school.mount(stick.node, "--options", "rw")
        wrote += pupil.sh(f"test -n '{place}' && echo mine > {place}/mine.txt && echo wrote").split()
    return [
        proven(
            "permitted to read: read, and written by no way",
            holds=read == _ESSAY and "wrote" not in wrote,
            otherwise=f"{read} {wrote}",
        )
    ]


def check_pulled(school: School) -> list[Outcome]:
    """Pull a stick while it is scanned; then have it scanned to the end."""
    stick = school.sticks["MANY0001"]
    school.grant(stick.medium)
    put_in(school.computer, stick)
    school.until_decided("scan")
    pull(school.computer, stick)
    school.until("the stick's removal", lambda: not school.media())
    clean = [one for one in school.receipts(stick) if one["verdict"] == "clean"]
    left = school.computer.root.sh(
        "ls -A /run/lamplighter-media | grep -v -e probe -e keeper; grep -c /dev/sd /proc/mounts"
    )
    with inside(school.computer, stick):
        school.until_decided("release")
    return [
        proven(
            "pulled during the scan: never clean, nothing left; put in again it is scanned and released",
            holds=not clean and left.split() == ["0"],
            otherwise=f"{len(clean)} clean, {left.split()}",
        )
    ]


def check_divided(school: School) -> list[Outcome]:
    stick = school.sticks["PARTS001"]
    school.grant(stick.medium)
    with inside(school.computer, stick):
        school.until_decided("release")
        seen = [used(school, f"{stick.node}-part{number}") for number in (1, 2)]
    kinds = [one.pop("kind", "") for one in seen]
    return [
        proven(
            "two partitions: both are scanned, and mounted for the pupil",
            holds=kinds == ["vfat", "ext4"] and all(all(one.values()) for one in seen),
            otherwise=f"{kinds} {seen}",
        )
    ]


def check_encrypted(school: School) -> list[Outcome]:
    """Have the pupil open LUKS, by the real device-mapper; one is clean, the other is not."""
    found = []
    for serial, step in (("LUKS0001", "release"), ("LUKSBAD1", "refuse")):
        stick = school.sticks[serial]
        before = school.computer.pupil.sh(_unlock(stick.node))
        school.grant(stick.medium)
        with inside(school.computer, stick):
            locked = school.until_decided("open")
            said = school.computer.pupil.sh(_unlock(stick.node))
            opened = re.search(r" as (/dev/dm-\d+)", said)
            told = school.until_decided(step) if opened else locked
            seen = used(school, opened[1]) if opened else {"opened": False}
        school.until("the container's end", lambda: not school.mapped())
        good = (
            seen.pop("kind", "") == "ext4" and all(seen.values())
            if step == "release"
            else seen == {"mounted": False}
        )
        words = "scanned, released and used" if step == "release" else "scanned and blocked"
        found.append(
            proven(
                f"LUKS, by the real device-mapper: opened by the pupil, {words}; pulled, it is closed",
                holds=good and told["step"] == step and "Unlocked" not in before,
                otherwise=f"{told} {seen} {said.strip()}",
            )
        )
    return found


def _unlock(node: str) -> str:
    key = "$XDG_RUNTIME_DIR/key"
    unlock = f"udisksctl unlock --no-user-interaction --key-file {key} -b {node}"
    return f"printf {PASSPHRASE} > {key}; {unlock}"


def _windows(school: School) -> str:
    return school.computer.pupil.sh("xwininfo -root -tree")
