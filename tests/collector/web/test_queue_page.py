from pathlib import Path

from lamplighter_collector.people.roles import Role
from lamplighter_protos.v1 import detection_pb2

from tests.collector.web.conftest import Deliver, deliver_from
from tests.support.collector import Collector, detection, loss
from tests.support.signed_in import SignedIn, sign_in


def test_empty_then_sorted_then_counted(tmp_path: Path) -> None:
    with Collector(tmp_path) as fresh:
        laptop = fresh.enrol("lap-17")
        dsl = sign_in(fresh.web, fresh.config, Role.DSL)
        empty_then_sorted_then_counted(dsl, deliver_from(fresh, laptop))


def empty_then_sorted_then_counted(dsl: SignedIn, deliver: Deliver) -> None:
    empty = dsl.request().body
    assert '<span id="total">0</span>' in empty
    assert "Nothing is waiting" in empty
    assert "No device has reported anything" in empty

    deliver(
        detection(severity=2, theme="gambling", user="a"),
        detection(severity=5, theme="suicide", user="b", repeats=2),
        detection(severity=3, theme="bullying", user="c"),
        detection(severity=1, theme="drugs", user="secret-user"),
        detection(severity=4, theme="weapons", user="staff-member", user_kind=detection_pb2.USER_KIND_STAFF),
        loss(),
    )
    page = dsl.request().body
    assert '<span id="total">3</span>' in page
    assert page.index("Suicide") < page.index("Bullying") < page.index("Gambling")
    assert "<b>Critical</b>" in page
    assert "5 of 5" in page
    assert "Typed in xterm" in page
    assert "3 times" in page
    assert "at 08:00 on 21 November" in page
    assert "possible concern" in page
    assert "41 on lap-17" in page

    # Never the words, never staff, never who was behind a count.
    for absent in ("zebra lantern", "staff-member", "secret-user"):
        assert absent not in page


def test_names_from_a_device_are_escaped(dsl: SignedIn, deliver: Deliver) -> None:
    deliver(detection(user="<b>x</b>", application="<script>alert(1)</script>", theme="hate"))
    page = dsl.request().body
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_page_number_out_of_range_is_harmless(dsl: SignedIn) -> None:
    for page in ("2", "99999999", "-1", "x", ""):
        assert dsl.request(f"/?page={page}").status == 200


def test_an_unknown_theme_is_shown_by_its_slug(dsl: SignedIn, deliver: Deliver) -> None:
    deliver(detection(theme="zz-new-theme"))
    assert "Zz new theme" in dsl.request().body


def test_help_seeking_is_named_kindly(dsl: SignedIn, deliver: Deliver) -> None:
    deliver(detection(theme="help-seeking", severity=3))
    page = dsl.request().body
    assert "Asking for help is never misconduct" in page
    assert "Serious because words from the theme “Help" not in page
