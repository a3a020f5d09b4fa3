"""The device's identity at rest, for the service's user alone.

::

    <state>/identity/      mode 0700
      key.pem              private key, PKCS #8, for nobody else (`disk.only_for_us`)
      certificate.pem      our certificate
      authority.pem        whom we trust to be the collector
      identity.json        {"version": 1, "organisation", "asset_tag", "ingest", "enrolment", "enrolled_at",
                            "obtained_at", "roots": [base64], "group", "machine"}

A new identity is written whole into `.identity.new`, the old folder is put aside as `.identity.old`, and the
new one takes its name. The four files thus always belong together; after a power cut between the two renames
the next reader finishes the second. A lock of the kernel keeps the verb `enrol` and the
service's renewal apart. While the collector is asked, `.identity.room` holds as many files and more room, so
that no token is spent for what could not be kept.
"""

import base64
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from lamplighter_agent.backends.select_files import disk
from lamplighter_agent.enrolment.issued import GROUPS, Issued
from lamplighter_agent.errors import IdentityDamaged, IdentityReplaced
from lamplighter_agent.files import locked, write_new
from lamplighter_agent.machine import Marks, marks_kept

VERSION: Final = 1
NAME: Final = "identity"
PROTECTION: Final = disk.PRIVATE
_FILES: Final = 4
# Of each; together as much as the longest answer of a collector.
_ROOM_BYTES: Final = 256 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who this device is to its collector. `obtained_at` is by the device's own clock."""

    folder: Path
    organisation: str
    asset_tag: str
    ingest: str
    enrolment: str
    enrolled_at: datetime
    obtained_at: datetime
    roots: tuple[bytes, ...]
    # `pupils` or `staff`: who somebody is that no setting of the device names.
    group: str
    # Of which machine it is; None for an identity that was made before machines were told apart.
    machine: Marks | None
    certificate: x509.Certificate

    @property
    def key_file(self) -> Path:
        return self.folder / "key.pem"

    @property
    def certificate_file(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def authority_file(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def until(self) -> datetime:
        return self.certificate.not_valid_after_utc

    def expired(self, now: datetime) -> bool:
        return now >= self.until

    @property
    def renew_at(self) -> datetime:
        """Return the middle between when we got the certificate and when it ends."""
        begun = max(self.obtained_at, self.certificate.not_valid_before_utc)
        return begun + max(timedelta(), self.until - begun) / 2

    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """Return the key; raises IdentityDamaged."""
        try:
            key = load_pem_private_key(self.key_file.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise IdentityDamaged("key.pem") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise IdentityDamaged("key.pem")
        return key


class IdentityStore:
    """The identity below one state folder."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._folder = state / NAME
        self._new = state / f".{NAME}.new"
        self._old = state / f".{NAME}.old"
        self._room = state / f".{NAME}.room"

    def load(self) -> Identity | None:
        """Return the identity; None on a device that was never enrolled. Raises IdentityDamaged."""
        try:
            if not self._folder.exists():
                if not self._old.exists():
                    return None
                with self._locked():
                    self._finish()
            return _read(self._folder)
        except OSError as error:
            raise IdentityDamaged(f"{NAME}: {error.strerror}") from error

    @contextmanager
    def assured(self) -> Iterator[None]:
        """Prove that an identity can be kept here, and hold room for it meanwhile; raises OSError.

        The lock is not held meanwhile: a renewal takes the room away, and then the proof alone is left.
        """
        try:
            with self._locked():
                self._finish()
                self._room.mkdir(mode=0o700)
                for number in range(_FILES):
                    # What a file system can't make smaller.
                    write_new(self._room / str(number), os.urandom(_ROOM_BYTES))
                disk.sync_folder(self._room)
            yield
        finally:
            with suppress(OSError), self._locked():
                shutil.rmtree(self._room, ignore_errors=True)

    def enrol(
        self, issued: Issued, *, enrolment: str, now: datetime, machine: Marks | None = None
    ) -> Identity:
        """Keep a first identity, or one in the place of any other; raises OSError."""
        about = _about(issued, enrolment=enrolment, enrolled=now, obtained=now)
        about["machine"] = None if machine is None else machine.kept()
        with self._locked():
            return self._exchange(issued, about)

    def renew(self, issued: Issued, *, of: Identity, now: datetime) -> Identity:
        """Keep the renewed identity `of` another; raises IdentityReplaced when that is no longer ours."""
        about = _about(issued, enrolment=of.enrolment, enrolled=of.enrolled_at, obtained=now)
        about["roots"] = [base64.b64encode(root).decode() for root in of.roots]
        about["group"] = of.group
        about["machine"] = None if of.machine is None else of.machine.kept()
        with self._locked():
            self._finish()
            if _read(self._folder).certificate != of.certificate:
                raise IdentityReplaced
            return self._exchange(issued, about)

    def _exchange(self, issued: Issued, about: dict[str, Any]) -> Identity:
        self._finish()
        self._new.mkdir(mode=0o700)
        for name, content in _files(issued, about).items():
            write_new(self._new / name, content)
        disk.sync_folder(self._new)
        disk.sync_folder(self._state)
        if self._folder.exists():
            self._folder.rename(self._old)
        self._new.rename(self._folder)
        disk.sync_folder(self._state)
        self._finish()
        return _read(self._folder)

    def _finish(self) -> None:
        """Finish what a crash left half done: there is one identity afterwards, or none as before."""
        if not self._folder.exists() and self._old.exists():
            # The old one is put aside only when the new one is whole.
            self._new.rename(self._folder)
            disk.sync_folder(self._state)
        for left in (self._new, self._old, self._room):
            with suppress(FileNotFoundError):
                shutil.rmtree(left)

    def _locked(self) -> AbstractContextManager[None]:
        return locked(self._state / f".{NAME}.lock", wait=True)


def _about(issued: Issued, *, enrolment: str, enrolled: datetime, obtained: datetime) -> dict[str, Any]:
    return {
        "version": VERSION,
        "organisation": issued.organisation,
        "asset_tag": issued.asset_tag,
        "ingest": issued.ingest,
        "enrolment": enrolment,
        "enrolled_at": enrolled.isoformat(timespec="milliseconds"),
        "obtained_at": obtained.isoformat(timespec="milliseconds"),
        "roots": [base64.b64encode(root).decode() for root in issued.roots],
        "group": issued.group,
    }


def _files(issued: Issued, about: dict[str, Any]) -> dict[str, bytes]:
    return {
        "key.pem": issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "certificate.pem": issued.certificate.public_bytes(Encoding.PEM),
        "authority.pem": b"".join(one.public_bytes(Encoding.PEM) for one in issued.authorities),
        "identity.json": json.dumps(about, indent=1).encode() + b"\n",
    }


def _read(folder: Path) -> Identity:
    try:
        about = json.loads((folder / "identity.json").read_text(encoding="utf-8"))
        certificate = x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes())
        return Identity(
            folder=folder,
            organisation=_text(about, "organisation"),
            asset_tag=_text(about, "asset_tag"),
            ingest=_text(about, "ingest"),
            enrolment=_text(about, "enrolment"),
            enrolled_at=_time(about, "enrolled_at"),
            obtained_at=_time(about, "obtained_at"),
            roots=tuple(base64.b64decode(root, validate=True) for root in about["roots"]),
            # Identities that were made before devices of staff were told apart are of pupils.
            group=_text({"group": GROUPS[0], **about}, "group"),
            machine=marks_kept(about.get("machine")),
            certificate=certificate,
        )
    except OSError as error:
        raise IdentityDamaged(f"{NAME}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise IdentityDamaged(f"{NAME}: {type(error).__name__}") from error


def _text(about: dict[str, Any], key: str) -> str:
    value = about[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(key)
    return value


def _time(about: dict[str, Any], key: str) -> datetime:
    found = datetime.fromisoformat(_text(about, key))
    if found.tzinfo is None:
        raise ValueError(key)
    return found
