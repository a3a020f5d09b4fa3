"""A throw-away certificate authority: the organisation is the certificate's O, the device its CN."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import trustme

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFiles:
    """Paths of PEM files: the authority's certificate, one's own certificate and key."""

    ca: Path
    certificate: Path
    key: Path


def files_of(folder: Path, name: str) -> CertificateFiles:
    """Where an authority in ``folder`` put what it issued for ``name``."""
    return CertificateFiles(
        ca=folder / "ca.pem", certificate=folder / name / "certificate.pem", key=folder / name / "key.pem"
    )


class Authority:
    """One school's authority. Two of them don't trust each other."""

    def __init__(self, organisation: str, folder: Path) -> None:
        self.organisation = organisation
        self._folder = folder
        self._ca = trustme.CA(organization_name=f"{organisation} test authority")
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca))

    def collector(self) -> CertificateFiles:
        return self.issue("collector", *LOOPBACK)

    def device(self, name: str, *, organisation: str | None = None) -> CertificateFiles:
        return self.issue(name, organisation=organisation)

    def expired_device(self, name: str) -> CertificateFiles:
        now = dt.datetime.now(dt.UTC)
        return self.issue(
            name,
            not_before=now - dt.timedelta(days=2),
            not_after=now - dt.timedelta(days=1),
        )

    def issue(
        self,
        name: str,
        *identities: str,
        organisation: str | None = None,
        not_before: dt.datetime | None = None,
        not_after: dt.datetime | None = None,
    ) -> CertificateFiles:
        leaf = self._ca.issue_cert(
            *identities,
            common_name=name,
            organization_name=organisation or self.organisation,
            not_before=not_before,
            not_after=not_after,
        )
        folder = self._folder / (f"{name}-expired" if not_after else name)
        folder.mkdir(parents=True, exist_ok=True)
        files = files_of(self._folder, folder.name)
        files.certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        leaf.private_key_pem.write_to_path(str(files.key))
        files.key.chmod(0o600)
        return files
