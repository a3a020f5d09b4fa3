"""The demo's device enrols with the demo's collector: a token from its command line, a key, a request.

What it gets is kept as files, as the agent's settings name them. Every start enrols anew.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lamplighter_protos.names import SERVER_NAME
from lamplighter_protos.v1 import enrolment_pb2

ATTESTER = "The demo's owner"
ANSWER_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Files of the device's end of the channel."""

    ca: Path
    certificate: Path
    key: Path


def enrol(folder: Path, *, config: Path, asset_tag: str) -> Identity:
    """Enrol the device with the collector that runs by these settings, and keep its files in ``folder``."""
    own = folder / asset_tag
    own.mkdir(mode=0o700, exist_ok=True)
    issued = _token(config, asset_tag)
    # On the collector's own machine its certificate is at hand; elsewhere the pin says which one is right.
    authority = (config.parent / "state" / "authority" / "authority.pem").read_bytes()
    key = ec.generate_private_key(ec.SECP256R1())
    reply = _ask(issued, authority, asset_tag, key)
    identity = Identity(ca=own / "ca.crt", certificate=own / "device.crt", key=own / "device.key")
    _write(identity.ca, b"".join(_pem(each) for each in reply.authorities))
    _write(identity.certificate, _pem(reply.certificate))
    _write(identity.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return identity


def _token(config: Path, asset_tag: str) -> dict[str, str]:
    command = [sys.executable, "-m", "lamplighter_collector", "tokens", "issue", "--config", str(config)]
    options = ["--asset-tags", asset_tag, "--attester", ATTESTER, "--hours", "1"]
    done = subprocess.run([*command, *options], check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"no token was issued: {done.stderr.strip()}")
    issued: dict[str, str] = json.loads(done.stdout)
    return issued


def _ask(
    issued: dict[str, str], authority: bytes, asset_tag: str, key: ec.EllipticCurvePrivateKey
) -> enrolment_pb2.IdentityReply:
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    message = enrolment_pb2.EnrolRequest(
        token=issued["token"], asset_tag=asset_tag, signing_request=request.public_bytes(Encoding.DER)
    )
    credentials = grpc.ssl_channel_credentials(authority)
    options = (("grpc.ssl_target_name_override", SERVER_NAME),)
    with grpc.secure_channel(issued["collector"], credentials, options=options) as channel:
        call: Any = channel.unary_unary("/lamplighter_protos.v1.Enrolment/Enrol")
        try:
            raw = call(message.SerializeToString(), timeout=ANSWER_SECONDS)
        except grpc.RpcError as error:
            raise RuntimeError(f"the collector did not enrol {asset_tag}: {error}") from error
    return enrolment_pb2.IdentityReply.FromString(raw)


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def _write(path: Path, content: bytes) -> None:
    aside = path.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    aside.replace(path)
