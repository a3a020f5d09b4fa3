"""A certificate authority of the demo's own: collector and device certificates, made once and kept.

Real devices enrol; these files only let the demo speak mutual TLS from the first minute.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509

VALID_DAYS = 30
RENEW_BEFORE = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Files of one end of the channel."""

    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Both ends of the demo's channel."""

    collector: Identity
    device: Identity


def certificates(folder: Path, *, organisation: str, asset_tag: str) -> Certificates:
    """Return the demo's certificates, made anew when missing, for another device, or nearly expired."""
    # An authority for each device of the demo: making a second one leaves the first one's trust alone.
    own = folder / asset_tag
    own.mkdir(mode=0o700, exist_ok=True)
    both = Certificates(collector=_identity(own, "collector"), device=_identity(own, "device"))
    if not (_usable(both.collector) and _usable(both.device)):
        _make(both, organisation=organisation, asset_tag=asset_tag)
    return both


def _identity(folder: Path, name: str) -> Identity:
    return Identity(ca=folder / "ca.crt", certificate=folder / f"{name}.crt", key=folder / f"{name}.key")


def _usable(identity: Identity) -> bool:
    if not all(path.exists() for path in (identity.ca, identity.certificate, identity.key)):
        return False
    certificate = x509.load_pem_x509_certificate(identity.certificate.read_bytes())
    return certificate.not_valid_after_utc - RENEW_BEFORE > datetime.now(UTC)


def _make(both: Certificates, *, organisation: str, asset_tag: str) -> None:
    authority = trustme.CA(organization_name=organisation)
    until = datetime.now(UTC) + timedelta(days=VALID_DAYS)
    ends = (
        (
            both.collector,
            authority.issue_cert(
                "localhost",
                "127.0.0.1",
                common_name="collector",
                organization_name=organisation,
                not_after=until,
            ),
        ),
        (
            both.device,
            authority.issue_cert(
                f"{asset_tag.lower()}.device.invalid",
                common_name=asset_tag,
                organization_name=organisation,
                not_after=until,
            ),
        ),
    )
    _write(both.collector.ca, authority.cert_pem.bytes())
    for identity, issued in ends:
        _write(identity.certificate, b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        _write(identity.key, issued.private_key_pem.bytes())


def _write(path: Path, content: bytes) -> None:
    aside = path.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    aside.replace(path)
