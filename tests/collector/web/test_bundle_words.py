"""What the page says of devices that lack their lists."""

from lamplighter_collector.bundles.reports import Alarm
from lamplighter_collector.web.bundle_words import MOST_LINES, alarm_lines
from lamplighter_collector.web.pages import render


def alarm(device: str, state: str, problem: str = "", version: int = 3) -> Alarm:
    return Alarm(device=device, state=state, problem=problem, version=version, at=1)


def test_each_alarm_says_what_goes_on() -> None:
    lines = alarm_lines(
        [
            alarm("", "expired"),
            alarm("", "expires-soon"),
            alarm("AV-1", "refused", "signature-invalid"),
            alarm("AV-2", "refused", "bundle-malformed", 0),
            alarm("AV-3", "expired"),
            alarm("AV-4", "unknown", "version-unknown"),
            alarm("", "licence-ended"),
            alarm("", "licence-ends-soon"),
        ]
    )
    assert "past their date. Devices go on" in lines[0]
    assert "soon past their date" in lines[1]
    assert lines[2].startswith("AV-1 did not accept the newest word lists (signature-invalid)")
    assert "nothing is checked on it" in lines[3]
    assert lines[4] == "AV-3 uses word lists that are past their date (version 3)."
    assert lines[5].startswith("AV-4 says of its word lists what can't be true here (version-unknown)")
    assert "has ended: devices no longer look for its words" in lines[6]
    assert "ends soon" in lines[7]


def test_many_are_counted() -> None:
    lines = alarm_lines([alarm(f"AV-{number}", "expired") for number in range(MOST_LINES + 3)])
    assert len(lines) == MOST_LINES + 1
    assert lines[-1].startswith("3 more devices")


def test_no_alarm_says_nothing() -> None:
    assert alarm_lines([]) == []


def test_the_panel_is_there_with_an_alarm_and_not_without() -> None:
    shown = render("bundle_alarms.html", bundle_alarms=["AV-1 <b> refused"])
    assert "<li>AV-1 &lt;b&gt; refused</li>" in shown
    assert render("bundle_alarms.html", bundle_alarms=[]).strip() == ""
