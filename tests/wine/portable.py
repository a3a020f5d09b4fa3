"""What the backends of portable media do under wine, which has no stick, no volume to lock, no Defender."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.outcome import Outcome, beyond, proven
from tests.wine.prefix import Wine

SECONDS = 120.0


def check_portable(wine: Wine) -> list[Outcome]:
    """Have each of them tried, once."""
    with wine.inside("portable.py") as tried:
        tried.until(lambda: bool(tried.values("ended")), "every try", seconds=SECONDS)
        told = {name: value for line in tried.told() for name, value in line.items()}

    return [*_held(told), *_lacking(told)]


def _held(told: Mapping[str, Any]) -> list[Outcome]:
    """Return what wine can show."""

    def held(name: str, holds: Callable[[Any], bool], check: str) -> Outcome:
        done, answer = told[name]
        return proven(f"portable media: {check}", holds=done and holds(answer), otherwise=str(answer))

    return [
        held(
            "letter",
            lambda one: bool(one[1] and one[4]) and not (one[2] or one[5]),
            "a letter is there while its process holds it, and gone when that is killed",
        ),
        held(
            "policy",
            lambda one: one == [False, False, ["1"], 1],
            "the device's policy is written once, and a restart is due for it",
        ),
        held("volumes", lambda one: one == [True, "", True], "volumes, and where they are mounted"),
        held(
            "gone",
            lambda one: set(one) == {"FileNotFoundError"},
            "a volume that went is said to be gone",
        ),
        held(
            "chosen",
            lambda one: one == ["WindowsMedia", "LetterGuard", "RoomScanner"],
            "watch, guard and scanner are what the service takes",
        ),
        held("sign_in", lambda one: one == ["int"], "a sign-in has a number"),
        held(
            "walked",
            lambda one: one[1:3] == [["a", "a/essay.txt"], [5]],
            "each file of a folder is found and opened, and asked for further streams",
        ),
        held("nameless", lambda one: one == ["twelve", 0], "what is kept for a moment is gone once closed"),
        held(
            "scanned",
            lambda one: one == ["engine-missing", "incomplete", 1],
            "a scan in a process of its own reads all, and without Defender nothing is clean",
        ),
        held("news", bool, "WM_DEVICECHANGE wakes the watch"),
    ]


def _lacking(told: Mapping[str, Any]) -> list[Outcome]:
    """Return what wine lacks, which is tried all the same."""

    def lacking(name: str, check: str, why: str) -> Outcome:
        return beyond(f"portable media: {check}", shown=bool(told[name][0]), lacking=why)

    return [
        lacking("watched", "disks and USB devices by cfgmgr32", "wine lists no devices there"),
        lacking("automount", "no letters for new volumes", "wine's mount manager has no such switch"),
    ]
