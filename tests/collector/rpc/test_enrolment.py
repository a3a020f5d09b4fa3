"""Strangers and devices at a real collector: what they get, and by which words they are refused."""

import contextlib
import json
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lamplighter_collector.devices.certificate import device_from, serial_of
from lamplighter_collector.rpc.enrolment import RENEWALS_AN_HOUR, WRONG_TOKENS_A_MINUTE
from lamplighter_collector.rpc.limits import ENROLMENT_BYTES
from lamplighter_protos.names import REASON, SERVER_NAME
from lamplighter_protos.v1 import enrolment_pb2

from tests.collector.enrolment.conftest import NOW, made_authority
from tests.support.certificates import CertificateFiles
from tests.support.collector import ORGANISATION, Collector, credentials, detection, device
from tests.support.enrolling import OPTIONS, Strange, keep, new_key, proof_by, signing_request, write
from tests.support.forged import authority_of, forged

pytestmark = pytest.mark.usefixtures("grpc_let_go")
Code = grpc.StatusCode


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    with Collector(tmp_path_factory.mktemp("collector")) as running:
        yield running


@pytest.fixture(scope="module")
def token(collector: Collector) -> str:
    return collector.token(asset_tags="AV-*")["token"]


def refusal(call: Any) -> tuple[grpc.StatusCode, str]:
    """Status and slug of a call that must fail; its words are the slug or a fixed sentence."""
    with pytest.raises(grpc.RpcError) as failure:
        call()
    error: Any = failure.value
    assert "Traceback" not in error.details()
    return error.code(), dict(error.trailing_metadata()).get(REASON, "")


def test_a_token_becomes_an_identity(collector: Collector, token: str) -> None:
    stranger = collector.stranger()
    reply = stranger.enrol(token, "AV-0001")
    leaf = x509.load_der_x509_certificate(reply.certificate)
    (above,) = map(x509.load_der_x509_certificate, reply.authorities)
    leaf.verify_directly_issued_by(above)
    assert (reply.organisation, reply.asset_tag, reply.ingest_address) == (
        ORGANISATION,
        "AV-0001",
        collector.ingest,
    )
    assert device_from(leaf).device == "AV-0001"
    assert leaf.public_key() == stranger.key.public_key()
    log = collector.log.read_text(encoding="utf-8")
    assert token.partition(".")[2] not in log


@pytest.mark.parametrize("group", ["pupils", "staff"])
def test_the_device_is_told_whose_it_is(collector: Collector, group: str) -> None:
    text = collector.token(asset_tags="ST-*", group=group)["token"]
    assert collector.stranger().enrol(text, f"ST-{group}").group == group


@pytest.mark.fault
def test_wishes_in_the_request_are_ignored(collector: Collector, token: str) -> None:
    stranger = collector.stranger()
    wishes = [
        x509.BasicConstraints(ca=True, path_length=3),
        x509.SubjectAlternativeName([x509.DNSName(SERVER_NAME)]),
    ]
    request = signing_request(stranger.key, name="AV-9999", extensions=wishes)
    leaf = x509.load_der_x509_certificate(stranger.enrol(token, "AV-0002", request=request).certificate)
    assert device_from(leaf).device == "AV-0002"
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert "AV-9999" not in leaf.subject.rfc4514_string()


@pytest.mark.fault
@pytest.mark.parametrize(
    "request_",
    [b"", b"noise", signing_request(rsa.generate_private_key(65537, 2048)), signing_request(new_key())[:-2]],
    ids=["nothing", "noise", "rsa", "cut short"],
)
def test_an_unusable_request_is_refused(collector: Collector, token: str, request_: bytes) -> None:
    call = lambda: collector.stranger().enrol(token, "AV-0003", request=request_)  # noqa: E731
    assert refusal(call) == (Code.PERMISSION_DENIED, "csr-unusable")


@pytest.mark.fault
def test_tokens_are_refused_by_their_reason(collector: Collector, token: str) -> None:
    stranger = collector.stranger()
    once = collector.token(uses=1)["token"]
    stranger.enrol(once, "AV-0004")
    gone = collector.token()["token"]
    collector.run("tokens", "withdraw", gone.partition(".")[0])
    for text, tag, reason in (
        (once, "AV-0005", "token-used-up"),
        (gone, "AV-0005", "token-withdrawn"),
        (f"{token}x", "AV-0005", "token-unknown"),
        (token, "BV-0005", "asset-tag-refused"),
    ):
        assert refusal(lambda text=text, tag=tag: stranger.enrol(text, tag)) == (
            Code.PERMISSION_DENIED,
            reason,
        )
    assert "BV-0005" not in [row["device"] for row in collector.report("devices list")]


@pytest.mark.fault
def test_a_laptop_in_use_is_taken_over_only_by_a_token_for_that(collector: Collector, token: str) -> None:
    files = collector.enrol("AV-0014")
    assert refusal(lambda: collector.stranger().enrol(token, "AV-0014")) == (
        Code.PERMISSION_DENIED,
        "asset-tag-enrolled",
    )
    renew(collector, files)
    replacing = collector.token(asset_tags="AV-0014", uses=1, replace=True)["token"]
    collector.stranger().enrol(replacing, "AV-0014")
    assert refusal(lambda: renew(collector, files)) == (Code.UNAUTHENTICATED, "identity-replaced")
    (listed,) = [row for row in collector.report("devices list") if row["device"] == "AV-0014"]
    assert listed["replaced"]


@pytest.mark.fault
def test_noise_and_giants_are_refused_without_a_word_of_python(collector: Collector) -> None:
    stranger = collector.stranger()
    for method in ("Enrol", "Recover"):
        assert refusal(lambda method=method: stranger.ask(method, b"\xff\xff")) == (Code.INVALID_ARGUMENT, "")
    giant = enrolment_pb2.EnrolRequest(token="x" * ENROLMENT_BYTES).SerializeToString()
    assert refusal(lambda: stranger.ask("Enrol", giant)) == (Code.RESOURCE_EXHAUSTED, "")
    assert refusal(lambda: stranger.ask("Nothing", b"")) == (Code.UNIMPLEMENTED, "")


@pytest.mark.fault
def test_the_wrong_authority_is_not_spoken_to(collector: Collector, token: str) -> None:
    """What a device with a wrong pin would trust."""
    stranger = Strange(address=collector.enrolment, authority=made_authority(NOW).pem)
    assert refusal(lambda: stranger.enrol(token, "AV-0006"))[0] is Code.UNAVAILABLE


@pytest.mark.fault
def test_the_ports_offer_nothing_of_each_other(collector: Collector, token: str) -> None:
    stranger = Strange(address=collector.ingest, authority=collector.stranger().authority)
    assert refusal(lambda: stranger.enrol(token, "AV-0007"))[0] is Code.UNAVAILABLE
    files = collector.enrol("AV-0008")
    with grpc.secure_channel(collector.ingest, credentials(files), options=OPTIONS) as channel:
        call: Any = channel.unary_unary("/lamplighter_protos.v1.Enrolment/Enrol")
        assert refusal(lambda: call(b"", timeout=10)) == (Code.UNIMPLEMENTED, "")


@pytest.mark.fault
async def test_a_device_can_not_pass_for_the_collector(collector: Collector) -> None:
    """Nobody trusts a server that shows the certificate of a device, though it is of our authority."""
    files = collector.enrol("AV-0009")
    server = grpc.aio.server()
    pair = (files.key.read_bytes(), files.certificate.read_bytes())
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair]))
    await server.start()
    try:
        async with device(f"127.0.0.1:{port}", files) as lap:
            with pytest.raises(grpc.aio.AioRpcError) as failure:
                await lap.deliver([detection()])
    finally:
        await server.stop(None)
    assert failure.value.code() is Code.UNAVAILABLE


def renew(collector: Collector, files: CertificateFiles) -> enrolment_pb2.IdentityReply:
    with grpc.secure_channel(collector.ingest, credentials(files), options=OPTIONS) as channel:
        call: Any = channel.unary_unary("/lamplighter_protos.v1.Identity/Renew")
        request = enrolment_pb2.RenewRequest(signing_request=signing_request(new_key()))
        return enrolment_pb2.IdentityReply.FromString(call(request.SerializeToString(), timeout=10))


def test_renewed_by_its_own_certificate(collector: Collector) -> None:
    files = collector.enrol("AV-0010")
    old = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    new = x509.load_der_x509_certificate(renew(collector, files).certificate)
    assert device_from(new) == device_from(old)
    assert new.public_key() != old.public_key()


@pytest.mark.fault
def test_renewal_is_refused_by_the_register_and_when_it_never_ends(collector: Collector) -> None:
    assert refusal(lambda: renew(collector, forged(collector, "AV-0011"))) == (
        Code.UNAUTHENTICATED,
        "identity-replaced",
    )
    files = collector.enrol("AV-0012")
    for _ in range(RENEWALS_AN_HOUR):
        renew(collector, files)
    assert refusal(lambda: renew(collector, files)) == (Code.RESOURCE_EXHAUSTED, "")
    revoked = collector.enrol("AV-0013")
    collector.run("devices", "revoke", "AV-0013", "--why", "stolen")
    assert refusal(lambda: renew(collector, revoked)) == (Code.PERMISSION_DENIED, "device-revoked")


def recover(
    collector: Collector, files: CertificateFiles, key: Any = None, request_key: Any = None
) -> enrolment_pb2.IdentityReply:
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    request = signing_request(request_key or new_key())
    private = key or private_of(files)
    message = enrolment_pb2.RecoverRequest(
        certificate=certificate.public_bytes(Encoding.DER),
        signing_request=request,
        proof=proof_by(private, request),
    )
    return collector.stranger().ask("Recover", message.SerializeToString())


def private_of(files: CertificateFiles) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(files.key.read_bytes(), None)


def expired(collector: Collector, tag: str) -> CertificateFiles:
    """An enrolled device whose certificate, the newest that the register knows, ran out yesterday."""
    files = collector.enrol(tag)
    name = device_from(x509.load_pem_x509_certificate(files.certificate.read_bytes()))
    old = forged(collector, tag, identity=name.identity, days=(-15, -1))
    serial = serial_of(x509.load_pem_x509_certificate(old.certificate.read_bytes()))
    with contextlib.closing(sqlite3.connect(collector.store.removeprefix("sqlite:///"))) as store, store:
        store.execute("UPDATE devices SET serial = ? WHERE device = ?", (serial, tag))
    return old


@pytest.mark.fault
async def test_an_expired_device_recovers_and_delivers(collector: Collector) -> None:
    files = expired(collector, "AV-0020")
    request_key = new_key()
    request = signing_request(request_key)
    message = enrolment_pb2.RecoverRequest(
        certificate=x509.load_pem_x509_certificate(files.certificate.read_bytes()).public_bytes(Encoding.DER),
        signing_request=request,
        proof=proof_by(private_of(files), request),
    )
    reply = collector.stranger().ask("Recover", message.SerializeToString())
    leaf = x509.load_der_x509_certificate(reply.certificate)
    fresh = write(collector.folder, "recovered", leaf, [authority_of(collector).certificate], request_key)
    async with device(collector.ingest, fresh) as lap:
        (receipt,) = await lap.deliver([detection()])
    assert receipt.reason == ""


@pytest.mark.fault
def test_recovery_is_refused_by_its_reason(collector: Collector, tmp_path: Path) -> None:
    files = expired(collector, "AV-0021")
    denied = Code.PERMISSION_DENIED
    assert refusal(lambda: recover(collector, files, new_key())) == (denied, "certificate-foreign")
    other = made_authority(NOW)
    key = new_key()
    leaf = other.issue(
        key.public_key(), device_from(x509.load_pem_x509_certificate(files.certificate.read_bytes())), NOW
    )
    foreign = write(tmp_path, "foreign", leaf, [other.certificate], key)
    assert refusal(lambda: recover(collector, foreign)) == (denied, "certificate-foreign")
    ancient = forged(collector, "AV-0021", days=(-90, -61))
    assert refusal(lambda: recover(collector, ancient)) == (denied, "certificate-too-old")
    unknown = forged(collector, "AV-0021", days=(-15, -1))
    assert refusal(lambda: recover(collector, unknown)) == (Code.UNAUTHENTICATED, "identity-replaced")
    collector.run("devices", "retire", "AV-0021", "--why", "sold")
    assert refusal(lambda: recover(collector, files)) == (denied, "device-retired")
    collector.stranger().enrol(collector.token()["token"], "AV-0021")
    assert refusal(lambda: recover(collector, files)) == (denied, "device-retired")


@pytest.mark.fault
def test_an_old_certificate_gets_nothing_and_is_told_of(tmp_path: Path) -> None:
    """A copy of a laptop's disk, beside the laptop that has renewed since."""
    superseded = (Code.PERMISSION_DENIED, "certificate-superseded")
    with Collector(tmp_path) as own:
        copy = expired(own, "AV-0042")
        laptop = copy
        for number in range(2):
            key = new_key()
            laptop = keep(own.folder, f"laptop-{number}", recover(own, laptop, request_key=key), key)
        for _ in range(2):
            assert refusal(lambda: recover(own, copy)) == superseded
        (listed,) = own.report("devices list")
        assert listed["superseded"]
        verbs = [row["verb"] for row in json.loads(own.run("audit", "list", "--json"))]
        assert verbs.count("device-recovered") == 2
        assert verbs.count("certificate-superseded") == 1
        assert renew(own, laptop).asset_tag == "AV-0042"


@pytest.mark.fault
def test_a_silent_connection_is_closed(collector: Collector) -> None:
    host, _, port = collector.enrolment.rpartition(":")
    begun = time.monotonic()
    with socket.create_connection((host, int(port)), timeout=20) as silent:
        assert silent.recv(1) == b""
    assert time.monotonic() - begun < 15


@pytest.mark.fault
def test_who_guesses_tokens_waits(tmp_path: Path) -> None:
    with Collector(tmp_path) as own:
        token = own.token()["token"]
        stranger = own.stranger()
        for _ in range(WRONG_TOKENS_A_MINUTE):
            assert refusal(lambda: stranger.enrol("guess.guess", "AV-1"))[1] == "token-unknown"
        with pytest.raises(grpc.RpcError) as failure:
            stranger.enrol(token, "AV-1")
    error: Any = failure.value
    assert error.code() is Code.RESOURCE_EXHAUSTED
    assert 0 < int(dict(error.trailing_metadata())["lamplighter-retry-after-seconds"]) <= 60


def test_a_copy_of_a_disk_tells_of_itself_and_a_stranger_can_t(collector: Collector) -> None:
    files = collector.enrol("AV-0900")
    with grpc.secure_channel(collector.ingest, credentials(files), options=OPTIONS) as channel:
        ask: Any = channel.unary_unary("/lamplighter_protos.v1.Identity/Copied")
        ask(enrolment_pb2.CopiedRequest().SerializeToString(), timeout=20)
        assert refusal(lambda: ask(b"\xff", timeout=20))[0] is Code.INVALID_ARGUMENT
    (told,) = (one for one in collector.report("devices") if one["device"] == "AV-0900")
    assert told["copied"]


@pytest.mark.fault
def test_a_mark_of_a_machine_is_32_bytes_or_none(collector: Collector, token: str) -> None:
    request = enrolment_pb2.EnrolRequest(
        token=token, asset_tag="AV-0901", signing_request=signing_request(new_key()), machine=b"short"
    )
    stranger = collector.stranger()
    assert refusal(lambda: stranger.ask("Enrol", request.SerializeToString()))[0] is Code.INVALID_ARGUMENT
