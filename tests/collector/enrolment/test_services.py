"""Enrol, renew and recover as transactions, on both databases, at any time of a test's choice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from lamplighter_collector.audit.models import audit
from lamplighter_collector.devices.certificate import device_from, serial_of
from lamplighter_collector.devices.identity import Holder
from lamplighter_collector.devices.models import devices
from lamplighter_collector.devices.register import State, end
from lamplighter_collector.enrolment import tokens
from lamplighter_collector.enrolment.authority import Authority, _name
from lamplighter_collector.enrolment.models import enrolment_tokens
from lamplighter_collector.enrolment.services import (
    ATTESTED,
    ATTESTS,
    RECOVER_WITHIN,
    SILENT,
    Claim,
    Issued,
    enrol,
    note_copied,
    note_superseded,
    recoverable,
    renew,
)
from lamplighter_collector.errors import (
    AuthorityUnusable,
    CollectorError,
    DeviceRetired,
    DeviceRevoked,
    EnrolmentRefused,
    IdentityReplaced,
)
from sqlalchemy import Engine, update

from tests.collector.enrolment.conftest import NOW, made_authority
from tests.collector.items import LAPTOP, SEALS
from tests.collector.stores import rows
from tests.support.collector import ORGANISATION
from tests.support.enrolling import new_key, proof_by, signing_request

DAY = timedelta(days=1)


class Office:
    """One school's authority over one store."""

    def __init__(self, engine: Engine, authority: Authority) -> None:
        self.engine = engine
        self.authority = authority

    def token(self, at: datetime = NOW, *, replaces: bool = False) -> str:
        plan = tokens.Plan(
            asset_tags="lap-*",
            device_group="pupils",
            attester=bytes(SEALS.seal("", ATTESTS, "Ada Quill")),
            uses=9,
            hours=48,
            replaces=replaces,
        )
        with self.engine.begin() as connection:
            text, _ = tokens.issue(connection, ORGANISATION, plan, int(at.timestamp() * 1000))
        return text

    def enrol(self, token: str, now: datetime = NOW, key: Any = None, machine: bytes = b"") -> Issued:
        claim = Claim(token=token, asset_tag="lap-17", key=(key or new_key()).public_key(), machine=machine)
        with self.engine.begin() as connection:
            return enrol(connection, self.authority, SEALS, claim, now)

    def renew(self, issued: Issued, now: datetime = NOW, *, expired: bool = False) -> Issued:
        serial = serial_of(x509.load_der_x509_certificate(issued.certificate))
        holder = Holder(name=issued.name, serial=serial, expired=expired)
        with self.engine.begin() as connection:
            return renew(connection, self.authority, holder, new_key().public_key(), now)

    def end(self, state: State, at: datetime) -> None:
        with self.engine.begin() as connection:
            assert end(connection, ORGANISATION, "lap-17", state, "lost", int(at.timestamp() * 1000))


@pytest.fixture
def office(engine: Engine, authority: Authority) -> Office:
    return Office(engine, authority)


def test_a_token_becomes_an_identity_with_its_attester_and_an_audit_row(office: Office) -> None:
    issued = office.enrol(office.token())
    assert device_from(x509.load_der_x509_certificate(issued.certificate)) == issued.name
    ((identity, group, attester),) = rows(office.engine, devices, "identity", "device_group", "attester")
    assert (identity, group) == (issued.name.identity, "pupils")
    assert SEALS.open("", ATTESTED, attester) == "Ada Quill"
    assert rows(office.engine, audit, "actor", "verb", "object") == [
        ("collector", "device-enrolled", "lap-17")
    ]


def test_a_refused_token_leaves_nothing(office: Office) -> None:
    with pytest.raises(EnrolmentRefused):
        office.enrol("unknown.token")
    assert rows(office.engine, devices) == []


def test_a_failure_after_the_token_was_spent_gives_the_use_back(office: Office) -> None:
    token = office.token()
    stranger = Office(office.engine, made_authority(NOW + 400 * DAY))
    with pytest.raises(AuthorityUnusable):
        stranger.enrol(token)
    assert rows(office.engine, enrolment_tokens, "uses_left") == [(9,)]
    assert rows(office.engine, devices) == []


def verbs(office: Office) -> list[str]:
    return [verb for (_, verb) in rows(office.engine, audit, "number", "verb")]


def test_enrolled_again_the_old_identity_is_over(office: Office) -> None:
    old = office.enrol(office.token())
    new = office.enrol(office.token(replaces=True), NOW + DAY)
    assert old.name.identity != new.name.identity
    assert office.renew(new).name == new.name
    with pytest.raises(IdentityReplaced):
        office.renew(old)
    assert verbs(office) == ["device-enrolled", "device-enrolled-again"]
    replaced_at = int((NOW + DAY).timestamp() * 1000)
    assert rows(office.engine, devices, "replaced_at") == [(replaced_at,)]


@pytest.mark.fault
def test_an_ordinary_token_takes_over_no_device_that_is_enrolled(office: Office) -> None:
    token = office.token()
    first = office.enrol(token)
    with pytest.raises(EnrolmentRefused, match="asset-tag-enrolled"):
        office.enrol(token)
    assert rows(office.engine, enrolment_tokens, "uses_left") == [(8,)]
    assert office.renew(first).name == first.name
    assert verbs(office) == ["device-enrolled"]


def test_a_laptop_that_was_imaged_anew_takes_its_own_place_with_an_ordinary_token(office: Office) -> None:
    token, own = office.token(), b"1" * 32
    old = office.enrol(token, machine=own)
    new = office.enrol(token, NOW + DAY, machine=own)
    with pytest.raises(IdentityReplaced):
        office.renew(old)
    assert office.renew(new).name == new.name
    assert verbs(office) == ["device-enrolled", "device-reimaged"]
    # Nothing was put out that was in use, so nobody is told to look into it.
    assert rows(office.engine, devices, "replaced_at", "machine") == [(0, own)]


@pytest.mark.fault
@pytest.mark.parametrize(("first", "second"), [(b"1", b"2"), (b"1", b""), (b"", b"2"), (b"", b"")])
def test_another_machine_and_one_that_says_nothing_takes_no_place(
    office: Office, first: bytes, second: bytes
) -> None:
    token = office.token()
    office.enrol(token, machine=first * 32)
    with pytest.raises(EnrolmentRefused, match="asset-tag-enrolled"):
        office.enrol(token, machine=second * 32)


def test_a_copy_of_a_disk_is_on_record_once_an_hour(office: Office) -> None:
    issued = office.enrol(office.token())
    for minutes in (0, 59, 61):
        with office.engine.begin() as connection:
            note_copied(connection, issued.name, NOW + timedelta(minutes=minutes))
    assert verbs(office) == ["device-enrolled", "device-copied", "device-copied"]
    # The laptop itself is served as before.
    assert office.renew(issued).name == issued.name


def test_a_tag_is_free_thirty_days_after_its_device_was_heard_of_last(office: Office) -> None:
    office.enrol(office.token())
    over = NOW + 14 * DAY + SILENT
    with pytest.raises(EnrolmentRefused, match="asset-tag-enrolled"):
        office.enrol(office.token(over - DAY), over - timedelta(seconds=1))
    # It delivers, by a certificate that we do not know of any more: it is in use.
    heard = int((over - DAY).timestamp() * 1000)
    with office.engine.begin() as connection:
        connection.execute(update(devices).values(last_seen_at=heard))
    with pytest.raises(EnrolmentRefused, match="asset-tag-enrolled"):
        office.enrol(office.token(over), over)
    later = over - DAY + SILENT
    office.enrol(office.token(later), later)
    assert verbs(office) == ["device-enrolled", "device-enrolled-again"]


@pytest.mark.parametrize(("state", "error"), [(State.REVOKED, DeviceRevoked), (State.RETIRED, DeviceRetired)])
def test_an_end_stays_until_a_token_that_is_newer(
    office: Office, state: State, error: type[CollectorError]
) -> None:
    token = office.token()
    issued = office.enrol(token)
    office.end(state, NOW + DAY)
    with pytest.raises(error):
        office.renew(issued, NOW + DAY)
    with pytest.raises(error):
        office.enrol(token, NOW + DAY)
    again = office.enrol(office.token(NOW + DAY + timedelta(seconds=1)), NOW + DAY + timedelta(seconds=2))
    assert office.renew(again, NOW + DAY + timedelta(seconds=3)).name == again.name
    with pytest.raises(error):
        office.renew(issued, NOW + 2 * DAY)


def test_renewal_keeps_the_identity_and_notes_the_certificate(office: Office) -> None:
    issued = office.enrol(office.token())
    renewed = office.renew(issued, NOW + 7 * DAY)
    certificate = x509.load_der_x509_certificate(renewed.certificate)
    assert renewed.name == issued.name
    ((serial, not_after),) = rows(office.engine, devices, "serial", "not_after")
    assert serial == f"{certificate.serial_number:x}"
    assert not_after == int(certificate.not_valid_after_utc.timestamp() * 1000)
    assert certificate.not_valid_after_utc == NOW + 21 * DAY


def test_only_the_newest_certificate_and_the_one_before_it_are_renewed(office: Office) -> None:
    first = office.enrol(office.token())
    second = office.renew(first)
    # The answer was lost on the way: the device has nothing but its first certificate.
    third = office.renew(first)
    for expired in (False, True):
        with pytest.raises(EnrolmentRefused, match="certificate-superseded"):
            office.renew(second, expired=expired)
    fourth = office.renew(third)
    with pytest.raises(EnrolmentRefused, match="certificate-superseded"):
        office.renew(first, expired=True)
    assert office.renew(fourth).name == first.name


def test_a_recovery_and_the_use_of_an_old_certificate_are_on_record(office: Office) -> None:
    first = office.enrol(office.token())
    office.renew(office.renew(first), NOW + 20 * DAY, expired=True)
    serial = serial_of(x509.load_der_x509_certificate(first.certificate))
    with office.engine.begin() as connection:
        for minutes in (0, 59, 61):
            now = NOW + timedelta(minutes=minutes)
            note_superseded(connection, Holder(name=first.name, serial=serial), now)
    assert verbs(office) == [
        "device-enrolled",
        "device-recovered",
        "certificate-superseded",
        "certificate-superseded",
    ]


@pytest.mark.fault
@pytest.mark.parametrize("days", [-730, 730])
def test_a_clock_two_years_off_issues_nothing_and_is_named(office: Office, days: int) -> None:
    token = office.token()
    issued = office.enrol(token)
    wrong = NOW + days * DAY
    with pytest.raises(AuthorityUnusable, match="set the clock"):
        office.renew(issued, wrong)
    with pytest.raises(AuthorityUnusable, match="set the clock"):
        office.enrol(token, wrong)


class Lost:
    """A device whose certificate ran out while it was away."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.key = new_key()
        self.certificate = authority.issue(self.key.public_key(), LAPTOP, NOW)
        self.until = self.certificate.not_valid_after_utc
        self.request = signing_request(new_key())

    def ask(
        self,
        now: datetime,
        *,
        certificate: x509.Certificate | None = None,
        key: ec.EllipticCurvePrivateKey | None = None,
        proof: bytes | None = None,
    ) -> str:
        """The slug of the refusal, or nothing."""
        der = (certificate or self.certificate).public_bytes(Encoding.DER)
        signed = proof_by(key or self.key, self.request) if proof is None else proof
        try:
            holder = recoverable(self.authority, der, self.request, signed, now)
        except EnrolmentRefused as error:
            return error.reason
        found = certificate or self.certificate
        assert holder == Holder(name=LAPTOP, serial=serial_of(found), expired=True)
        return ""


@pytest.fixture
def lost(authority: Authority) -> Lost:
    return Lost(authority)


@pytest.mark.parametrize(
    ("late", "reason"),
    [
        (-5 * DAY, ""),
        (DAY, ""),
        (RECOVER_WITHIN, ""),
        (RECOVER_WITHIN + timedelta(seconds=1), "certificate-too-old"),
    ],
    ids=["still valid", "a day", "sixty days", "too old"],
)
def test_recovered_within_sixty_days(lost: Lost, late: timedelta, reason: str) -> None:
    assert lost.ask(lost.until + late) == reason


@pytest.mark.fault
@pytest.mark.parametrize(
    "wrong",
    [
        lambda _: {"key": new_key()},
        lambda _: {"proof": b""},
        lambda lost: {"proof": proof_by(lost.key, signing_request(new_key()))},
        lambda lost: {"certificate": made_authority(NOW).issue(lost.key.public_key(), LAPTOP, NOW)},
        lambda lost: {"certificate": lost.authority.certificate},
        lambda lost: {"certificate": for_servers(lost)},
    ],
    ids=["another key", "no proof", "another request", "another authority", "the authority's", "a server's"],
)
def test_without_proof_nothing_is_recovered(lost: Lost, wrong: Callable[[Lost], dict[str, Any]]) -> None:
    assert lost.ask(lost.until + DAY, **wrong(lost)) == "certificate-foreign"


def for_servers(lost: Lost) -> x509.Certificate:
    return lost.authority._signed(
        lost.key.public_key(),
        name=_name(ORGANISATION, "lap-17"),
        alternative=x509.DNSName("collector.lamplighter.invalid"),
        usage=ExtendedKeyUsageOID.SERVER_AUTH,
        span=(NOW, NOW + DAY),
    )


@pytest.mark.fault
def test_noise_is_no_certificate(lost: Lost) -> None:
    der = lost.certificate.public_bytes(Encoding.DER)
    of_no_version = der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020109"), 1)
    assert of_no_version != der
    for noise in (b"", b"nothing", der[:-1], of_no_version):
        with pytest.raises(EnrolmentRefused, match="certificate-foreign"):
            recoverable(lost.authority, noise, lost.request, proof_by(lost.key, lost.request), NOW)
