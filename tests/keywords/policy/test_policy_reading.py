"""Reading a policy: every bad setting is named by its key."""

from datetime import date

import pytest
from lamplighter_keywords.bundles.envelope import canonical
from lamplighter_keywords.errors import BundleMalformed, PolicyError
from lamplighter_keywords.media.permission import Access
from lamplighter_keywords.policy.device_policy import (
    AfterScan,
    Contact,
    DevicePolicy,
    Floor,
    MediaMode,
    MediaRules,
    Term,
    Window,
    policy_document,
)
from lamplighter_keywords.policy.policy_reading import policy_from_document, policy_from_toml

FULL = """
silent_days = 30
retention_days = 100
[groups.pupil]
typed = false
media = false
[groups.staff]
titles = false
dpia = " DPIA 2026-04 "
[hours.pupil]
days = ["fri", "mon", "mon"]
from = "08:30"
to = "24:00"
[hours]
staff = "always"
[place]
collectors = ["10.1.2.3:9443", "collector.marrowby.example:443", "[fd00::5]:9443"]
[place.pupil]
off_site = "off"
off_site_otherwise = { severity = 5 }
to = "20:00"
[[terms]]
from = 2026-09-02
to = "2026-12-18"
[[contacts]]
label = "Safeguarding lead"
value = "Room 4"
checked = 2026-09-01
[notice.cy]
lines = ["Un.", "Dau."]
[media.pupil]
without_permission = "read_only"
scan = false
encryption = true
access = "read_only"
infected = "suspend"
incomplete = "suspend"
stale_days = 3
receipt_hours = 1
largest_gb = 64
[media.staff]
encryption = true
"""


def test_a_full_policy_is_read() -> None:
    policy = policy_from_toml(FULL)
    assert (policy.silent_days, policy.retention_days) == (30, 100)
    assert (policy.pupil.typed, policy.pupil.titles, policy.pupil.media) == (False, True, False)
    assert policy.pupil.hours == Window(days=(0, 4), start=510, end=1440)
    assert (policy.staff.titles, policy.staff.hours) == (False, None)
    assert policy.staff_dpia == "DPIA 2026-04"
    assert policy.pupil.portable == MediaRules(
        without_permission=MediaMode.READ_ONLY,
        scan=False,
        encryption=True,
        access=Access.READ_ONLY,
        infected=AfterScan.SUSPEND,
        incomplete=AfterScan.SUSPEND,
        stale_days=3,
        receipt_hours=1,
        largest_gb=64,
    )
    assert policy.staff.portable == MediaRules(encryption=True)
    assert policy.site_collectors == (
        "10.1.2.3:9443",
        "collector.marrowby.example:443",
        "[fd00::5]:9443",
    )
    place = policy.pupil.place
    assert (place.off_site, place.off_site_otherwise) == (None, Floor(severity=5))
    assert (place.when.start, place.when.end) == (420, 1200)
    assert policy.terms == (Term(first=date(2026, 9, 2), last=date(2026, 12, 18)),)
    assert policy.contacts == (Contact(label="Safeguarding lead", value="Room 4", checked=date(2026, 9, 1)),)
    assert policy.notice == {"cy": ("Un.", "Dau.")}


def test_nothing_set_is_what_is_shipped() -> None:
    assert policy_from_toml('[place]\ncollectors = "private"') == DevicePolicy()
    assert policy_from_toml("[place]\ncollectors = []").site_collectors == ()
    assert policy_from_toml("") == DevicePolicy()
    assert policy_from_document(b"{}") == DevicePolicy()
    assert policy_from_document(policy_document(DevicePolicy())) == DevicePolicy()


CONTACT = '[[contacts]]\nlabel = "Lead"\nvalue = "Room 4"\nchecked = 2026-09-01\n'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("silent_day = 1", "silent_day"),
        ("silent_days = 0", "silent_days"),
        ("silent_days = 400", "silent_days"),
        ("silent_days = true", "silent_days"),
        ("silent_days = 1.5", "silent_days"),
        ("retention_days = 0", "retention_days"),
        ("groups = 1", "groups"),
        ("[groups.visitor]", "groups.visitor"),
        ("[groups.pupil]\ntyped = 1", "groups.pupil.typed"),
        ('[groups.pupil]\ndpia = "x"', "groups.pupil.dpia"),
        ("[groups.staff]\ndpia = 1", "groups.staff.dpia"),
        ('[groups.staff]\ndpia = "a\\nb"', "groups.staff.dpia"),
        ("[hours.visitor]", "hours.visitor"),
        ('[hours]\npupil = "never"', "hours.pupil"),
        ("[hours]\npupil = 1", "hours.pupil"),
        ('[hours.pupil]\nfrom = "7:00"', "hours.pupil.from"),
        ('[hours.pupil]\nfrom = "24:30"', "hours.pupil.from"),
        ('[hours.pupil]\nto = "25:00"', "hours.pupil.to"),
        ("[hours.pupil]\nto = 1800", "hours.pupil.to"),
        ("[hours.pupil]\nto = 18:00:00", "hours.pupil.to"),
        ('[hours.pupil]\nfrom = "18:00"\nto = "07:00"', "hours.pupil.to"),
        ('[hours.pupil]\nfrom = "07:00"\nto = "07:00"', "hours.pupil.to"),
        ('[hours.pupil]\ndays = ["monday"]', "hours.pupil.days"),
        ("[hours.pupil]\ndays = []", "hours.pupil.days"),
        ('[hours.pupil]\ndays = "mon"', "hours.pupil.days"),
        ("[hours.pupil]\ndays = [1]", "hours.pupil.days"),
        ("[hours.pupil]\ndays = [[]]", "hours.pupil.days"),
        ("[hours.pupil]\nuntil = 1", "hours.pupil.until"),
        ("[place.visitor]", "place.visitor"),
        ('[place.pupil]\non_site = "off"', "place.pupil.on_site"),
        ('[place.pupil]\noff_site = "none"', "place.pupil.off_site"),
        ("[place.pupil]\noff_site = { severity = 6 }", "place.pupil.off_site.severity"),
        ("[place.pupil]\noff_site = { level = 1 }", "place.pupil.off_site.level"),
        ("[place.pupil]\noff_site = 3", "place.pupil.off_site"),
        ('[place.pupil]\nfrom = "22:00"', "place.pupil.to"),
        ('[place]\ncollectors = "public"', "place.collectors"),
        ("[place]\ncollectors = 1", "place.collectors"),
        ("[place]\ncollectors = [1]", "place.collectors"),
        ('[place]\ncollectors = ["10.1.2.3"]', "place.collectors"),
        ('[place]\ncollectors = ["10.1.2.3:70000"]', "place.collectors"),
        ('[place]\ncollectors = ["a b:1"]', "place.collectors"),
        ('[place]\ncollectors = ["unix:/x:1"]', "place.collectors"),
        (f"[place]\ncollectors = {['10.1.2.3:1'] * 9}", "place.collectors"),
        ("[[terms]]\nfrom = 2026-09-01", "terms[0].to"),
        ("[[terms]]\nfrom = 2026-09-01\nto = 2026-08-01", "terms[0].to"),
        ('[[terms]]\nfrom = "autumn"\nto = 2026-08-01', "terms[0].from"),
        ("[[terms]]\nfrom = 2026-09-01T10:00:00\nto = 2026-10-01", "terms[0].from"),
        ("[[terms]]\nfrom = 2026-09-01\nto = 2026-10-01\nname = 'autumn'", "terms[0].name"),
        ("terms = 1", "terms"),
        (CONTACT + '[[contacts]]\nlabel = "Lead"\nvalue = "Room 4"', "contacts[1].checked"),
        (CONTACT + '[[contacts]]\nvalue = "Room 4"', "contacts[1].label"),
        (CONTACT + '[[contacts]]\nlabel = " "', "contacts[1].label"),
        (CONTACT + f'[[contacts]]\nlabel = "Lead"\nvalue = "{"x" * 201}"', "contacts[1].value"),
        (CONTACT + 'phone = "1"', "contacts[0].phone"),
        (CONTACT * 21, "contacts"),
        ('[notice.english]\nlines = ["x"]', "notice.english"),
        ("[notice.en]", "notice.en.lines"),
        ("[notice.en]\nlines = []", "notice.en.lines"),
        ("[notice.en]\nlines = [1]", "notice.en.lines"),
        ('[notice.en]\nlines = ["a\\nb"]', "notice.en.lines"),
        (f'[notice.en]\nlines = ["{"x" * 501}"]', "notice.en.lines"),
        ('[notice.en]\nlines = ["x"]\nurl = "y"', "notice.en.url"),
        ("\n".join(f'[notice.en-{number:04}]\nlines = ["x"]' for number in range(51)), "notice"),
        ('[media]\nmode = "allow"', "media.mode"),
        ("[media]\nmode = 1", "media.mode"),
        ("[media]\nscan = true", "media.scan"),
        ("[media.visitor]", "media.visitor"),
        ('[media.pupil]\nwithout_permission = "allow"', "media.pupil.without_permission"),
        ("[media.staff]\nscan = 1", "media.staff.scan"),
        ('[media.staff]\naccess = "write"', "media.staff.access"),
        ('[media.staff]\ninfected = "record"', "media.staff.infected"),
        ("[media.staff]\nincomplete = true", "media.staff.incomplete"),
        ("[media.staff]\nstale_days = 31", "media.staff.stale_days"),
        ("[media.staff]\nstale_days = 0", "media.staff.stale_days"),
        ("[media.staff]\nreceipt_hours = 0", "media.staff.receipt_hours"),
        ("[media.staff]\nlargest_gb = 0", "media.staff.largest_gb"),
        ("[media.staff]\nnoexec = false", "media.staff.noexec"),
        ("silent_days = [", ""),
    ],
)
def test_a_bad_setting_is_named(text: str, key: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy_from_toml(text)
    assert caught.value.key == key


def test_what_a_policy_from_before_permissions_said_still_holds_for_everybody() -> None:
    policy = policy_from_document(canonical({"media": {"mode": "record"}}))
    assert policy.pupil.portable == policy.staff.portable == MediaRules(without_permission=MediaMode.RECORD)
    assert policy_from_document(policy_document(policy)) == policy


def test_a_document_in_another_spelling_is_malformed() -> None:
    with pytest.raises(BundleMalformed):
        policy_from_document(b'{"silent_days": 1}')
    with pytest.raises(PolicyError, match="silent_days"):
        policy_from_document(canonical({"silent_days": "1"}))


def test_where_the_notice_is_agreed_to_and_for_whom_it_is_written() -> None:
    text = '[acknowledgement]\nnotice = "on_paper"\nreading_age = "pictures"\n'
    policy = policy_from_toml(text)
    assert (policy.acknowledgement.value, policy.reading_age.value) == ("on_paper", "pictures")
    assert policy_from_document(policy_document(policy)) == policy
    assert policy_from_toml("").acknowledgement.value == "at_signin"
    for wrong in ('notice = "never"', 'reading_age = "5"', "more = 1"):
        with pytest.raises(PolicyError, match=r"acknowledgement\."):
            policy_from_toml(f"[acknowledgement]\n{wrong}\n")


@pytest.mark.parametrize("text", ["silent_days = ", "x = " + "[" * 50_000, "x = " + "9" * 5_000])
def test_what_is_no_toml_is_told(text: str) -> None:
    with pytest.raises(PolicyError, match="is not TOML"):
        policy_from_toml(text)
