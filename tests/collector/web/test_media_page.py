"""The page "Portable media": asked on a laptop, answered by a plain form, signed at once."""

import itertools
import json
import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from lamplighter_collector.people.roles import Role
from lamplighter_protos.v1 import detection_pb2 as pb
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.collector.web.conftest import Deliver
from tests.support.collector import Collector, detection
from tests.support.media_messages import medium, receipt, request, scanned
from tests.support.signed_in import SignedIn, add_account, sign_in, sign_in_browser

_users = (f"asker{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def technician(collector: Collector) -> SignedIn:
    return sign_in(collector.web, collector.config, Role.TECHNICIAN)


@pytest.fixture(scope="module")
def head(collector: Collector) -> SignedIn:
    return sign_in(collector.web, collector.config, Role.HEADTEACHER)


@pytest.fixture
def asker(deliver: Deliver) -> str:
    """Somebody who asked for a stick of their own."""
    user = next(_users)
    asked = pb.MediaRequest(medium=medium(serial=f"60A4{user}"), reason="homework", read_write=True)
    deliver(request(user=user, request=asked))
    return user


def reference(collector: Collector, asker: str) -> str:
    ((id_,),) = stored(collector, "SELECT hex(id) FROM media_requests WHERE serial = ?", f"60A4{asker}")
    return str(id_).lower()


def permission(collector: Collector, asker: str) -> tuple[str, str, int | None]:
    """Id, access and when it was revoked."""
    query = "SELECT id, access, revoked_at FROM media_permissions WHERE serial = ?"
    (found,) = stored(collector, query, f"60A4{asker}")
    return found


def stored(collector: Collector, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(collector.store.removeprefix("sqlite:///"))) as store:
        return store.execute(query, values).fetchall()


def test_a_request_is_granted_by_a_form_and_the_permission_taken_back(
    collector: Collector, technician: SignedIn, asker: str
) -> None:
    shown = technician.request("/media").body
    assert f"<bdi>{asker}</bdi> asks to read and write, for homework" in shown
    assert "A pupil&#39;s account on" in shown
    path = f"/media/requests/{reference(collector, asker)}"
    form = {"answer": "grant", "access": "read_only", "until": "2h", "reason": "Art project"}
    answer = technician.request(path, method="POST", form=form)
    id_, access, revoked = permission(collector, asker)
    assert (answer.status, answer.headers["location"]) == (303, f"/media?done=granted&id={id_}")
    assert (access, revoked) == ("read_only", None)
    listed = technician.request(answer.headers["location"]).body
    assert f"Permission {id_} is given" in listed
    assert f"<bdi>{asker}</bdi> asks" not in listed
    assert "Art project" in listed
    # As the command line wants it.
    assert f">usb:0951:1666:60A4{asker}<" in listed
    _is_revoked(collector, technician, asker, id_)
    actors = {actor for (actor,) in stored(collector, "SELECT actor FROM audit WHERE verb = 'media-granted'")}
    assert technician.account in actors


def _is_revoked(collector: Collector, technician: SignedIn, asker: str, id_: str) -> None:
    """Asked first, done once, and said."""
    address = f"/media/permissions/{id_}/revoke"
    assert f'href="{address}"' in technician.request("/media").body
    question = technician.request(address).body
    assert f'Revoke permission <span class="ref">{id_}</span> for <bdi>{asker}</bdi>?' in question
    assert "within seconds on every laptop that is on line" in question
    assert permission(collector, asker)[2] is None
    done = technician.request(address, method="POST")
    assert done.status == 303
    assert permission(collector, asker)[2] is not None
    assert f"Permission {id_} is revoked" in technician.request(done.headers["location"]).body
    for late in (technician.request(address, method="POST"), technician.request(address)):
        assert late.status == 409
        assert "does not hold any more" in late.body


def test_a_permission_is_given_without_a_request(collector: Collector, technician: SignedIn) -> None:
    form = {"medium": "usb:0951:1666:60a4nobody", "group": "staff", "access": "read_only", "until": "8h"}
    unsaid = technician.request("/media/permissions", method="POST", form=form)
    assert unsaid.status == 422
    assert '<a href="#reason-grant">Reason: say why' in unsaid.body
    assert 'value="usb:0951:1666:60a4nobody"' in unsaid.body
    given = technician.request("/media/permissions", method="POST", form={**form, "reason": "A speaker"})
    assert given.status == 303
    shown = technician.request(given.headers["location"]).body
    assert "every member of staff" in shown
    assert ">usb:0951:1666:60a4nobody<" in shown
    (listed,) = [
        one for one in json.loads(collector.run("media", "list", "--json")) if "60a4nobody" in one["medium"]
    ]
    assert listed["issued_by"] == "Rowan Alder"
    trail = json.loads(collector.run("audit", "list", "--json"))
    (row,) = [one for one in trail if one["verb"] == "media-granted" and listed["id"] in one["object"]]
    assert (row["actor"], row["name"]) == (technician.account, "Rowan Alder")


def test_nobody_gives_themselves_a_permission(collector: Collector) -> None:
    _, login = add_account(collector.config, Role.TECHNICIAN, own=["a-technician"])
    themselves = sign_in(collector.web, collector.config, login=login)
    form = {
        "medium": "usb:0951:1666:60A4SELF",
        "group": "account",
        "to": "SCHOOL\\A-Technician",
        "access": "read_write",
        "until": "28d",
        "reason": "Mine",
    }
    answer = themselves.request("/media/permissions", method="POST", form=form)
    assert answer.status == 422
    assert "nobody permits themselves" in answer.body
    assert not stored(collector, "SELECT id FROM media_permissions WHERE serial = '60A4SELF'")


def test_a_medium_is_lent_once_renewed_and_comes_back(collector: Collector, technician: SignedIn) -> None:
    form = {"medium": "usb:0951:1666:60A4LENT", "to": "a-borrower", "until": "7d", "name": "Stick 3"}
    lent = technician.request("/media/loans", method="POST", form=form)
    assert lent.status == 303
    ((id_, due),) = stored(collector, "SELECT id, due_at FROM media_loans WHERE serial = '60A4LENT'")
    shown = technician.request(lent.headers["location"]).body
    assert f"Loan {id_} is noted" in shown
    assert "<bdi>Stick 3, serial 60A4LENT</bdi>, with <bdi>a-borrower</bdi>" in shown
    again = technician.request("/media/loans", method="POST", form={**form, "to": "somebody-else"})
    assert again.status == 422
    assert f"Medium: it is out: loan {id_}, due" in again.body
    open_end = technician.request(f"/media/loans/{id_}/renew", method="POST", form={})
    assert open_end.status == 422
    assert f'<a href="#until-{id_}">Until when: say until when</a>' in open_end.body
    longer = {"until": "28d"}
    assert technician.request(f"/media/loans/{id_}/renew", method="POST", form=longer).status == 303
    assert stored(collector, "SELECT due_at FROM media_loans WHERE id = ?", id_)[0][0] > due
    back = technician.request(f"/media/loans/{id_}/return", method="POST")
    assert f"Loan {id_} is over" in technician.request(back.headers["location"]).body
    assert technician.request(f"/media/loans/{id_}/return", method="POST").status == 409


def test_an_unlock_code_is_shown_once_with_its_end(
    collector: Collector, technician: SignedIn, asker: str
) -> None:
    assert asker  # whose laptop is enrolled
    form = {"device": "lap-17", "serial": "60a4code01"}
    answer = technician.request("/media/unlock-code", method="POST", form=form)
    assert answer.status == 200
    (shown,) = re.findall(r"The code for 60a4code01 on lap-17 is ([0-9]{4}) ([0-9]{4})", answer.body)
    assert "It is taken until " in answer.body
    (told,) = json.loads(collector.run("media", "unlock-code", "lap-17", "--serial", "60A4CODE01", "--json"))
    assert told["code"] == "".join(shown)
    assert "The code for" not in technician.request("/media").body
    actors = stored(collector, "SELECT actor FROM audit WHERE verb = 'media-unlock-code'")
    assert (technician.account,) in actors


@pytest.mark.parametrize(
    ("form", "at", "said"),
    [
        ({"device": "lap-99", "serial": "60A4CODE01"}, "device", "Laptop: there is no such device"),
        ({"device": "lap-17\0", "serial": "60A4CODE01"}, "device", "Laptop: there is no such device"),
        ({"device": "lap-17", "serial": "00000000"}, "serial", "Serial number: its serial number is one"),
    ],
)
def test_no_code_is_made_for_what_is_not_there(
    technician: SignedIn, asker: str, form: dict[str, str], at: str, said: str
) -> None:
    assert asker
    answer = technician.request("/media/unlock-code", method="POST", form=form)
    assert answer.status == 422
    assert f'<a href="#{at}-code">{said}' in answer.body


def test_a_request_is_refused_once(collector: Collector, technician: SignedIn, asker: str) -> None:
    path = f"/media/requests/{reference(collector, asker)}"
    assert technician.request(path, method="POST", form={"answer": "refuse"}).status == 303
    again = technician.request(path, method="POST", form={"answer": "refuse"})
    assert again.status == 409
    assert "answered before" in again.body


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "say whether it may be written to"),
        ({"access": "everything"}, "say whether it may be written to"),
        ({"access": "read_only"}, "say until when"),
        ({"access": "read_only", "until": "10y"}, "say until when"),
        ({"access": "read_only", "until": "day", "day": "tomorrow"}, "a date such as 2026-12-31"),
        ({"access": "read_only", "until": "day", "day": "2020-01-01"}, "must end in the future"),
        ({"access": "read_only", "until": "2h", "reason": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_is_missing_is_named_and_what_was_written_is_kept(
    collector: Collector, technician: SignedIn, asker: str, form: dict[str, str], said: str
) -> None:
    path = f"/media/requests/{reference(collector, asker)}"
    answer = technician.request(path, method="POST", form={"answer": "grant", "day": "kept-day", **form})
    assert answer.status == 422
    assert said in answer.body
    assert 'role="alert"' in answer.body
    assert f'value="{form.get("day", "kept-day")}"' in answer.body


def test_a_stick_without_a_serial_can_be_refused_only(
    collector: Collector, technician: SignedIn, deliver: Deliver
) -> None:
    deliver(request(user="nameless", request=pb.MediaRequest(medium=medium(serial=""), reason="lesson")))
    shown = technician.request("/media").body
    assert "It has no serial number that tells it from others" in shown
    ((id_,),) = stored(collector, "SELECT hex(id) FROM media_requests WHERE serial = ''")
    form = {"answer": "grant", "access": "read_only", "until": "2h"}
    answer = technician.request(f"/media/requests/{str(id_).lower()}", method="POST", form=form)
    assert answer.status == 422
    assert (
        technician.request(
            f"/media/requests/{str(id_).lower()}", method="POST", form={"answer": "refuse"}
        ).status
        == 303
    )


def test_scans_and_what_laptops_told_stand_without_a_name(technician: SignedIn, deliver: Deliver) -> None:
    found = scanned(verdict=pb.MEDIA_VERDICT_INFECTED, reason="infected", infected=2, access=0)
    deliver(receipt(found, user="somebody-else"), receipt(user="somebody-else"))
    body = technician.request("/media").body
    assert "<strong>Something was found (infected)</strong>" in body
    assert "300 files, 6 MB, 2 infected" in body
    assert "released read only" in body
    assert "somebody-else" not in body


def test_the_head_reads_it_and_changes_nothing(collector: Collector, head: SignedIn, asker: str) -> None:
    shown = head.request("/media").body
    assert f"<bdi>{asker}</bdi> asks" in shown
    assert '<form method="post" action="/media' not in shown
    assert "/revoke" not in shown
    path = f"/media/requests/{reference(collector, asker)}"
    assert head.request(path, method="POST", form={"answer": "refuse"}).status == 404


def test_malware_of_a_pupil_is_in_the_queues_of_dsl_and_head_and_on_the_technicians_page(
    collector: Collector, dsl: SignedIn, head: SignedIn, technician: SignedIn, deliver: Deliver
) -> None:
    found = detection(theme="malware-media", user="pupil21", source=pb.SOURCE_PORTABLE_MEDIA)
    found.ClearField("evidence")
    deliver(found, detection(theme="self-harm", user="pupil22"))
    for reader in (dsl, head):
        shown = reader.request("/").body
        assert "Malware on portable media" in shown
        assert "pupil21" in shown
    assert "pupil22" not in head.request("/").body
    told = technician.request("/media").body
    assert "Malware on portable media on lap-17" in told
    assert "pupil21" not in told


def test_the_account_is_the_laptops_word_and_what_waits_stands_where_technicians_begin(
    technician: SignedIn, head: SignedIn, asker: str
) -> None:
    assert asker
    shown = technician.request("/media").body
    assert "Whose account it is, is the laptop&#39;s word" in shown
    assert "deleted after 400 days" in shown
    assert "Portable media: " in technician.request("/devices").body
    assert "Portable media: " not in head.request("/devices").body


def test_nobody_sees_or_answers_their_own(collector: Collector, asker: str) -> None:
    _, login = add_account(collector.config, Role.TECHNICIAN, own=[asker])
    themselves = sign_in(collector.web, collector.config, login=login)
    assert f"<bdi>{asker}</bdi> asks" not in themselves.request("/media").body
    path = f"/media/requests/{reference(collector, asker)}"
    form = {"answer": "grant", "access": "read_write", "until": "28d"}
    assert themselves.request(path, method="POST", form=form).status == 404


@pytest.fixture(scope="module")
def asked_in_a_browser(collector: Collector, technician: SignedIn) -> str:
    """Asked before a browser's loop runs in this thread."""
    import asyncio

    from tests.support.collector import device

    files = collector.enrol("lap-browser")
    asked = pb.MediaRequest(medium=medium(serial="60A4BROWSER"), reason="lesson")

    async def send() -> None:
        async with device(collector.ingest, files) as lap:
            await lap.deliver([request(user="browser-asker", request=asked)])

    asyncio.run(send())
    assert technician
    return "browser-asker"


def _takes_it_back(page: Page, row: Locator) -> None:
    name = re.compile(r"Revoke permission mp-[0-9a-f]{10} for Example Stick, serial 60A4BROWSER")
    row.get_by_role("link", name=name).press("Enter")
    page.wait_for_url("**/revoke")
    expect(page.get_by_role("heading", name="Revoke permission")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Revoke this permission").press("Enter")
    page.wait_for_url("**/media?done=revoked*")
    expect(page.get_by_role("status")).to_contain_text("is revoked")
    expect(page.get_by_role("row", name="60A4BROWSER")).to_have_count(0)
    for summary in page.locator("summary").all():
        summary.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.a11y
def test_it_is_answered_by_keyboard_and_narrow_without_javascript(
    collector: Collector, asked_in_a_browser: str
) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
        page = context.new_page()
        sign_in_browser(page, collector.web, collector.config, Role.TECHNICIAN)
        page.goto(f"{collector.web}media")
        form = page.get_by_role("region", name=f"{asked_in_a_browser} asks to read, for a lesson")
        form.get_by_role("button", name="Give this permission").press("Enter")
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("say whether it may be written to")
        alert.get_by_role("link").press("Enter")
        form = page.get_by_role("region", name=f"{asked_in_a_browser} asks")
        form.get_by_role("radio", name="Read only").press("Space")
        form.get_by_label("Until when").select_option("2 hours")
        form.get_by_role("button", name="Give this permission").press("Enter")
        page.wait_for_url("**/media?done=granted*")
        row = page.get_by_role("row", name="60A4BROWSER")
        expect(row).to_contain_text("read only")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        _takes_it_back(page, row)
        browser.close()


@pytest.mark.a11y
@pytest.mark.parametrize("width", [320, 1280])
def test_what_ends_a_permission_is_in_sight_without_scrolling_sideways(
    collector: Collector, technician: SignedIn, width: int
) -> None:
    """Also where accounts have long names and somebody wrote much."""
    account = f"p.wrenfield.of.the.sixth.form.{width}@marrowbyvale.sch.uk"
    form = {
        "medium": f"usb:0951:1666:60A4C44F3FAC35{width}",
        "name": "A stick of the geography department",
        "group": "account",
        "to": account,
        "access": "read_only",
        "until": "28d",
        "reason": "Coursework that has to be handed in by the end of the week at another school",
    }
    assert technician.request("/media/permissions", method="POST", form=form).status == 303
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
        sign_in_browser(page, collector.web, collector.config, Role.TECHNICIAN)
        page.goto(f"{collector.web}media")
        table = page.get_by_role("region", name="Permissions that hold").last
        row = table.get_by_role("row", name=account)
        seen, revoke = table.bounding_box(), row.get_by_role("link", name="Revoke").bounding_box()
        whom = row.get_by_text(account, exact=True).bounding_box()
        assert seen is not None
        for shown in (revoke, whom):
            assert shown is not None
            assert seen["x"] <= shown["x"]
            assert shown["x"] + shown["width"] <= seen["x"] + seen["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
