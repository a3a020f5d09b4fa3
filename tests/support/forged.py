"""Certificates that a collector's authority would never issue, signed with its own key."""

import datetime as dt
import uuid

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from lamplighter_collector.clock import utc_now
from lamplighter_collector.devices.certificate import IDENTITY_PREFIX
from lamplighter_collector.enrolment.authority import Authority, _name
from lamplighter_protos.names import SERVER_NAME

from tests.support.certificates import CertificateFiles
from tests.support.collector import Collector
from tests.support.enrolling import new_key, write

DAY = dt.timedelta(days=1)


def authority_of(collector: Collector) -> Authority:
    return Authority.open(collector.state, collector.organisation, utc_now())


def forged(
    collector: Collector,
    device: str,
    *,
    organisation: str | None = None,
    identity: str | None = None,
    days: tuple[float, float] = (0, 1),
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
    alternative: x509.GeneralName | None = None,
) -> CertificateFiles:
    """A device's files, valid between two moments in days from now."""
    authority, key, now = authority_of(collector), new_key(), utc_now()
    uri = x509.UniformResourceIdentifier(IDENTITY_PREFIX + (identity or str(uuid.uuid4())))
    leaf = authority._signed(
        key.public_key(),
        name=_name(organisation or collector.organisation, device),
        alternative=alternative or uri,
        usage=usage,
        span=(now + days[0] * DAY, now + days[1] * DAY),
    )
    name = f"{device}-{uuid.uuid4().hex[:8]}"
    return write(collector.folder / "forged", name, leaf, [authority.certificate], key)


def server_only(collector: Collector, device: str) -> CertificateFiles:
    """The files of somebody who is the collector itself, as far as the certificate says."""
    name = x509.DNSName(SERVER_NAME)
    return forged(collector, device, usage=ExtendedKeyUsageOID.SERVER_AUTH, alternative=name)
