"""A school's side of enrolment in one process: a real authority, real TLS, answers that a test chooses."""

import asyncio
import contextlib
import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lamplighter_protos.names import REASON, RECOVER_PREFIX, SERVER_NAME
from lamplighter_protos.v1.enrolment_pb2 import (
    CopiedReply,
    CopiedRequest,
    EnrolRequest,
    IdentityReply,
    RecoverRequest,
    RenewRequest,
)
from lamplighter_protos.v1.enrolment_pb2_grpc import (
    EnrolmentServicer,
    IdentityServicer,
    add_EnrolmentServicer_to_server,
    add_IdentityServicer_to_server,
)

SCHOOL = "Alder Vale School"
TOKEN = "abcdefgh.abcdefghijklmnopqrstuvwxyz"
LIFE = dt.timedelta(days=14)
T = TypeVar("T")


class SchoolAuthority:
    """An authority of a test's own. `days_ahead` moves the time at which it seems to live."""

    def __init__(self, organisation: str = SCHOOL, *, days_ahead: int = 0) -> None:
        self.organisation = organisation
        self.ahead = dt.timedelta(days=days_ahead)
        self.key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(self._name("authority"), self.key.public_key(), dt.timedelta(days=3650))
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.certificate = builder.sign(self.key, hashes.SHA256())

    @property
    def pin(self) -> str:
        spki = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"sha256:{hashlib.sha256(spki).hexdigest()}"

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def server(self, name: str = SERVER_NAME) -> tuple[bytes, bytes]:
        """Return key and chain of a server in PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(self._name("collector"), key.public_key(), LIFE)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        leaf = builder.sign(self.key, hashes.SHA256())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return private, leaf.public_bytes(Encoding.PEM) + self.pem

    def device(
        self, tag: str, public: ec.EllipticCurvePublicKey, *, life: dt.timedelta = LIFE
    ) -> x509.Certificate:
        """Return a device's certificate; a negative `life` has ended already."""
        builder = self._builder(self._name(tag), public, life)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        return builder.add_extension(usage, critical=False).sign(self.key, hashes.SHA256())

    def _name(self, common: str) -> x509.Name:
        organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.organisation)
        return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common)])

    def _builder(self, name: x509.Name, public: Any, life: dt.timedelta) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC) + self.ahead
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name("authority"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(now, now + life) - dt.timedelta(minutes=5))
            .not_valid_after(now + life)
        )


class School(EnrolmentServicer, IdentityServicer):
    """Answers every request that the proof of its kind stands behind, unless a test says otherwise."""

    def __init__(self, authority: SchoolAuthority) -> None:
        self.authority = authority
        self.life = LIFE
        self.roots: tuple[bytes, ...] = (b"a root",)
        self.refuse = ""
        self.busy = False
        # Fields of the reply that a faulty collector would get wrong.
        self.wrong: dict[str, Any] = {}
        self.asked: list[EnrolRequest | RenewRequest | RecoverRequest | CopiedRequest] = []
        self.changed = asyncio.Condition()
        self.enrolment = ""
        self.ingest = ""

    async def Enrol(  # noqa: N802
        self, request: EnrolRequest, context: grpc.aio.ServicerContext[EnrolRequest, IdentityReply]
    ) -> IdentityReply:
        await self._note(request, context)
        if request.token != TOKEN:
            await refuse(context, "token-unknown")
        return self._reply(request.asset_tag, request.signing_request)

    async def Recover(  # noqa: N802
        self, request: RecoverRequest, context: grpc.aio.ServicerContext[RecoverRequest, IdentityReply]
    ) -> IdentityReply:
        await self._note(request, context)
        old = x509.load_der_x509_certificate(request.certificate)
        old.verify_directly_issued_by(self.authority.certificate)
        public = old.public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(request.proof, RECOVER_PREFIX + request.signing_request, ec.ECDSA(hashes.SHA256()))
        return self._reply(_tag(old), request.signing_request)

    async def Renew(  # noqa: N802
        self, request: RenewRequest, context: grpc.aio.ServicerContext[RenewRequest, IdentityReply]
    ) -> IdentityReply:
        await self._note(request, context)
        about: Mapping[str, Any] = context.auth_context()
        old = x509.load_pem_x509_certificate(bytes(about["x509_pem_cert"][0]))
        return self._reply(_tag(old), request.signing_request)

    async def Copied(  # noqa: N802
        self, request: CopiedRequest, context: grpc.aio.ServicerContext[CopiedRequest, CopiedReply]
    ) -> CopiedReply:
        await self._note(request, context)
        return CopiedReply(organisation=self.authority.organisation)

    async def asked_for(self, kind: type[T], count: int = 1) -> list[T]:
        """Wait until so many requests of a kind came in."""
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: sum(isinstance(one, kind) for one in self.asked) >= count)
        return [one for one in self.asked if isinstance(one, kind)]

    async def _note(self, request: Any, context: Any) -> None:
        self.asked.append(request)
        async with self.changed:
            self.changed.notify_all()
        if self.busy:
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "slowly")
        if self.refuse:
            await refuse(context, self.refuse)

    def _reply(self, tag: str, request: bytes) -> IdentityReply:
        public = x509.load_der_x509_csr(request).public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        certificate = self.authority.device(tag, public, life=self.life)
        reply = IdentityReply(
            organisation=self.authority.organisation,
            asset_tag=tag,
            certificate=certificate.public_bytes(Encoding.DER),
            authorities=[self.authority.certificate.public_bytes(Encoding.DER)],
            ingest_address=self.ingest,
            roots=self.roots,
        )
        for name in self.wrong:
            reply.ClearField(name)  # type: ignore[arg-type]
        reply.MergeFrom(IdentityReply(**self.wrong))
        return reply


async def refuse(context: Any, reason: str) -> None:
    """Refuse as the collector does: a status and the slug in the trailing metadata."""
    text = f"{reason}: words that must not be shown"
    await context.abort(grpc.StatusCode.PERMISSION_DENIED, text, trailing_metadata=((REASON, reason),))


def _tag(certificate: x509.Certificate) -> str:
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(name.value)


@contextlib.asynccontextmanager
async def open_school(
    authority: SchoolAuthority | None = None, *, name: str = SERVER_NAME
) -> AsyncIterator[School]:
    """Serve enrolment and renewal on two ports of loopback."""
    own = authority or SchoolAuthority()
    school = School(own)
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    add_EnrolmentServicer_to_server(school, server)
    add_IdentityServicer_to_server(school, server)
    pair = own.server(name)
    plain = grpc.ssl_server_credentials([pair])
    mutual = grpc.ssl_server_credentials([pair], root_certificates=own.pem, require_client_auth=True)
    school.enrolment = f"127.0.0.1:{server.add_secure_port('127.0.0.1:0', plain)}"
    school.ingest = f"127.0.0.1:{server.add_secure_port('127.0.0.1:0', mutual)}"
    await server.start()
    try:
        yield school
    finally:
        await server.stop(grace=None)
