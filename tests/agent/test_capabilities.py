from typing import Any

from lamplighter_agent.capabilities import NOT_TOLD, Capability, capabilities

SENSOR = {"sensor": "keys", "working": False, "backend": "XRecord", "reason": "no X", "remedy": "use X"}
SESSION: dict[str, Any] = {
    "display": ":0",
    "helper": "starting",
    "indicator_shown": False,
    "indicator_reason": "",
    "sensors": [SENSOR],
}
LEFT = {"session": "c2", "seat": "seat1", "reason": "locked"}


def test_each_way_of_seeing_is_told_with_its_reason() -> None:
    content = {
        "finder": {"source": "logind", "reason": "", "left_out": [LEFT]},
        "media": {"sensor": "portable media", "working": True, "backend": "udev", "reason": "", "remedy": ""},
        "place": {"on_site": False, "known": True, "reason": "no answer"},
        "sessions": [SESSION],
    }
    assert capabilities(content) == [
        Capability(name="sessions", works=True, backend="logind"),
        Capability(name="session c2", works=False, reason="locked"),
        Capability(name="portable media", works=True, backend="udev"),
        Capability(name="place", works=True, reason="no answer"),
        Capability(name="indicator", session=":0", works=False, reason="starting"),
        Capability(name="keys", session=":0", works=False, backend="XRecord", reason="no X", remedy="use X"),
    ]


def test_what_nobody_has_seen_on_such_a_device_is_said_first() -> None:
    first, *_ = capabilities({"unproven": "no part has run on a Mac", "sessions": []})
    assert (first.name, first.works) == ("tried on such a device", False)
    assert first.reason == "no part has run on a Mac"


def test_a_strip_that_is_shown_needs_no_reason() -> None:
    content = {"sessions": [SESSION | {"indicator_shown": True, "sensors": []}]}
    assert capabilities(content)[-1] == Capability(name="indicator", session=":0", works=True)


def test_what_can_not_look_says_why() -> None:
    finder = {"source": "logind", "reason": "there is no system bus", "left_out": []}
    (found, *_) = capabilities({"finder": finder, "sessions": []})
    assert (found.works, found.reason) == (False, "there is no system bus")


def test_what_no_service_tells_is_said_to_be_that() -> None:
    found = capabilities({"finder": {}, "media": {}, "sessions": []})
    assert [one.reason for one in found] == [NOT_TOLD] * 3


WATCH = {"sensor": "portable media", "working": True, "backend": "udev", "reason": "", "remedy": ""}
GUARD = {"sensor": "media guard", "working": True, "backend": "polkit", "reason": "", "remedy": ""}
SCANNER = {
    "sensor": "scan of portable media",
    "working": False,
    "backend": "ClamAV",
    "reason": "no clamd",
    "remedy": "install it",
}


def test_portable_media_are_enforced_or_recorded_only_and_it_is_said_why() -> None:
    enforced = WATCH | {"enforced": True, "guard": GUARD, "scanner": SCANNER}
    _, media, scan, _ = capabilities({"finder": {}, "media": enforced, "sessions": []})
    assert media == Capability(name="portable media", works=True, backend="udev; enforced by polkit")
    assert (scan.name, scan.works, scan.reason) == ("portable media scan", False, "no clamd")
    guard = GUARD | {"working": False, "reason": "polkit does not answer", "remedy": "start polkitd"}
    only = WATCH | {"enforced": False, "guard": guard, "scanner": SCANNER}
    _, media, _, _ = capabilities({"finder": {}, "media": only, "sessions": []})
    assert media.works
    assert media.reason == "recorded only: polkit does not answer"
    _, away, _, _ = capabilities({"finder": {}, "media": only | {"away": True}, "sessions": []})
    assert away.reason == "none can be used now: polkit does not answer"
    assert media.remedy == "start polkitd"
