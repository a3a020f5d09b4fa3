"""The certificate of the page: a school's own, looked at, or one that vouches for itself.

One of its own making lets nobody read along who was not there from the start; browsers can't know that, so
they warn until people have compared the fingerprint, or until the school has a certificate that they trust.
"""

import hashlib
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lamplighter_collector.config import Config
from lamplighter_collector.errors import ConfigError
from lamplighter_collector.keys.secrets import Secrets, write_whole
from lamplighter_collector.setup.answers import PageFiles

FOLDER: Final = "page"
"""Of the state folder."""
DAYS: Final = 397
"""The longest that browsers take of anybody; `setup` makes the next one."""
_BACKDATED: Final = timedelta(hours=1)
_SOON: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A certificate that is in use, as people compare it."""

    fingerprint: str
    valid_until: datetime
    names: frozenset[str]

    def doubts(self, name: str, now: datetime) -> tuple[str, ...]:
        """What browsers would say of it."""
        found = []
        if name not in self.names and f"*.{name.partition('.')[2]}" not in self.names:
            found.append(f"the page's certificate does not name {name}: browsers will refuse it")
        if self.valid_until < now + _SOON:
            found.append(f"the page's certificate ends on {self.valid_until:%Y-%m-%d}")
        return tuple(found)


def own_making(state: Path, names: tuple[str, ...], now: datetime) -> PageFiles:
    """A certificate for these names that vouches for itself; the one that is there if it still does.

    Raises:
        SecretError: the folder is not the collector's alone.
    """
    folder = state / FOLDER
    Secrets(state).prepare()
    Secrets(folder).prepare()
    files = PageFiles(certificate=folder / "page.pem", key=folder / "page.key")
    if files.certificate.exists() and files.key.exists():
        page = read(files)
        if page.names >= set(names) and page.valid_until > now + _SOON:
            return files
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # Without the old certificate beside the new key: what is cut short here is made anew the next time.
    files.certificate.unlink(missing_ok=True)
    write_whole(files.key, private, replace=True)
    write_whole(files.certificate, _signed(key, names, now).public_bytes(Encoding.PEM), replace=True)
    return files


def read(files: PageFiles) -> Page:
    """What the page will show, loaded as the listener loads it.

    Raises:
        ConfigError: it can't be read by this account, or key and certificate do not fit.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key)
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else "not PEM"
        raise ConfigError("page.certificate", f"can't be used with its key: {problem}") from None
    return Page(
        fingerprint=f"sha256:{hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()}",
        valid_until=certificate.not_valid_after_utc,
        names=_names(certificate),
    )


def is_of_own_making(config: Config) -> bool:
    """Whether `own_making` made what the settings name, or they name none."""
    certificate = config.web.certificate
    return certificate is None or certificate.parent == config.state / FOLDER


def told(config: Config) -> dict[str, object]:
    """Where the page is and by which certificate, as people compare it.

    Raises:
        ConfigError: the certificate can't be used.
    """
    web = config.web
    found: dict[str, object] = {"listens": str(web.listen), "names": sorted(web.names)}
    if web.certificate is None or web.key is None:
        return found | {"certificate": "none: for this machine alone"}
    page = read(PageFiles(certificate=web.certificate, key=web.key))
    return found | {
        "certificate": "of its own making" if is_of_own_making(config) else str(web.certificate),
        "fingerprint": page.fingerprint,
        "valid_until": f"{page.valid_until:%Y-%m-%d}",
    }


def _names(certificate: x509.Certificate) -> frozenset[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(found.value.get_values_for_type(x509.DNSName))


def _signed(key: ec.EllipticCurvePrivateKey, names: tuple[str, ...], now: datetime) -> x509.Certificate:
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lamplighter")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    )
    return builder.sign(key, hashes.SHA256())
