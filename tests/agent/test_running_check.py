"""What `selfcheck` takes from a running service's own word."""

from typing import Any

from lamplighter_agent.running_check import troubles
from lamplighter_agent.sensing.desktop import NOT_WANTED

GUARD = {
    "sensor": "portable media guard",
    "working": False,
    "backend": "polkit",
    "reason": "no rule of ours",
    "remedy": "install it",
}
WATCH = {"sensor": "portable media", "working": True, "backend": "udev", "reason": "", "remedy": ""}
SCANNER = GUARD | {"sensor": "scan", "reason": "no clamd", "remedy": "start it"}
KEYS = {"sensor": "keys", "working": False, "backend": "XRecord", "reason": "no X", "remedy": "use X"}
SESSION: dict[str, Any] = {
    "display": ":0",
    "helper": "running",
    "allowed": True,
    "indicator_shown": True,
    "indicator_reason": "",
    "sensors": [KEYS],
}


def test_what_does_not_work_is_told_with_its_remedy_but_the_scanner_which_is_asked_itself() -> None:
    content = {"media": WATCH | {"guard": GUARD, "scanner": SCANNER}, "sessions": [SESSION]}
    assert troubles(content) == [
        {"what": "portable media guard", "reason": "no rule of ours", "remedy": "install it"},
        {"what": "keys in session :0", "reason": "no X", "remedy": "use X"},
    ]


def test_all_that_works_is_no_trouble() -> None:
    fine = WATCH | {"guard": GUARD | {"working": True}, "scanner": SCANNER | {"working": True}}
    assert troubles({"media": fine, "sessions": [SESSION | {"sensors": [KEYS | {"working": True}]}]}) == []
    assert troubles({"sessions": []}) == []


def test_a_session_that_is_not_to_be_sensed_needs_no_attention() -> None:
    assert troubles({"sessions": [SESSION | {"allowed": False}]}) == []
    assert troubles({"sessions": [SESSION | {"sensors": [KEYS | {"reason": NOT_WANTED}]}]}) == []


def test_a_strip_that_is_not_shown_stands_for_the_sensors_that_wait_for_it() -> None:
    hidden = SESSION | {"indicator_shown": False, "indicator_reason": "no display; sign in again"}
    (found,) = troubles({"sessions": [hidden]})
    assert found == {"what": "indicator in session :0", "reason": "no display", "remedy": "sign in again"}
    (found,) = troubles({"sessions": [hidden | {"indicator_reason": "", "helper": "starting"}]})
    assert found["reason"] == "starting"
    assert found["remedy"]
