"""What a technician reads of portable media in plain `status`."""

from typing import Any

from lamplighter_agent.media.summary import summary

FINE: dict[str, Any] = {"working": True, "backend": "udev", "reason": "", "remedy": ""}
TOLD = FINE | {
    "guard": FINE | {"backend": "polkit"},
    "scanner": FINE | {"backend": "ClamAV 1.4.6, signatures of 2026-11-21"},
    "rules": {"pupil": "block", "staff": "read_only"},
    "register": {"version": 4, "counts": True, "problem": ""},
    "media": [],
}
MEDIUM = {"kind": "storage", "bus": "usb", "step": "release", "reason": "allowed"}


def test_all_that_holds_is_one_line() -> None:
    (line,) = summary(TOLD)
    assert line == (
        "heard of by udev; kept from being used by polkit; "
        "scanned by ClamAV 1.4.6, signatures of 2026-11-21; "
        "without a permission, pupil: block; without a permission, staff: read only; permissions: register 4"
    )
    assert summary({}) == []


def test_what_does_not_work_is_told_with_what_to_do() -> None:
    broken = {"working": False, "backend": "x", "reason": "no rule", "remedy": "install it"}
    register = {"version": 0, "counts": False, "problem": "signature-invalid"}
    (line,) = summary(TOLD | {"guard": broken, "scanner": broken, "register": register})
    assert "recorded only: no rule. install it" in line
    (away,) = summary(TOLD | {"guard": broken, "away": True})
    assert "none can be used now: no rule. install it" in away
    assert "not scanned, so none that needs a scan is used: no rule. install it" in line
    assert "permissions: none: no register that counts (signature invalid)" in line
    (line,) = summary(TOLD | broken | {"reason": "starting", "remedy": ""})
    assert line.startswith("not heard of: starting; ")


def test_what_works_in_part_says_what_does_not() -> None:
    (line,) = summary(TOLD | {"guard": FINE | {"backend": "polkit", "reason": "files are not checked"}})
    assert "kept from being used by polkit (files are not checked)" in line


def test_each_medium_that_is_in_has_a_line() -> None:
    used = MEDIUM | {"access": "read_only", "scan": "clean"}
    refused = MEDIUM | {"step": "refuse", "reason": "incomplete", "access": "", "scan": "encrypted-content"}
    phone = {"kind": "phone", "bus": "", "step": "", "reason": "", "access": "", "scan": ""}
    assert summary(TOLD | {"media": [used, refused, phone]})[1:] == [
        "storage (usb): release, allowed, to read, its scan said: clean",
        "storage (usb): refuse, incomplete, its scan said: encrypted content",
        "phone: looked at",
    ]
