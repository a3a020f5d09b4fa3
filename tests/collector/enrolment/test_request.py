import contextlib
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from lamplighter_collector.enrolment.request import LARGEST_BYTES, public_key_of
from lamplighter_collector.errors import EnrolmentRefused

from tests.support.enrolling import new_key, signing_request

KEY = new_key()
SOUND = signing_request(KEY)


def test_only_the_key_is_taken() -> None:
    assert public_key_of(SOUND) == KEY.public_key()
    wishes: list[Any] = [
        x509.BasicConstraints(ca=True, path_length=3),
        x509.SubjectAlternativeName([x509.DNSName("collector.lamplighter.invalid")]),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
    ]
    assert public_key_of(signing_request(KEY, name="somebody-else", extensions=wishes)) == KEY.public_key()


def refused(signing_request_: bytes) -> bool:
    try:
        public_key_of(signing_request_)
    except EnrolmentRefused as error:
        return error.reason == "csr-unusable"
    return False


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())],
    ids=["rsa", "p384"],
)
def test_another_kind_of_key_is_refused(key: Any) -> None:
    assert refused(signing_request(key))


def test_a_key_that_signs_otherwise_is_refused() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    request = builder.sign(key, None)
    assert refused(request.public_bytes(Encoding.DER))


def test_a_bad_signature_is_refused() -> None:
    assert refused(SOUND[:-1] + bytes([SOUND[-1] ^ 1]))
    # The key of one request under the signature of another.
    other = signing_request(new_key())
    spot = SOUND.index(bytes.fromhex("034200"))
    place = other.index(bytes.fromhex("034200"))
    assert refused(SOUND[:spot] + other[place : place + 68] + SOUND[spot + 68 :])


def test_an_unknown_version_is_refused() -> None:
    version = bytes.fromhex("020100")
    assert refused(SOUND.replace(version, bytes.fromhex("020109"), 1))


def test_too_large_or_nothing_is_refused() -> None:
    assert refused(b"")
    assert refused(SOUND + bytes(LARGEST_BYTES))


@given(st.binary(max_size=200))
def test_noise_is_refused_by_its_own_reason(noise: bytes) -> None:
    assert refused(noise)


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_one_changed_byte_never_gives_another_key(place: int, change: int) -> None:
    spoilt = bytearray(SOUND)
    spoilt[place] ^= change
    with contextlib.suppress(EnrolmentRefused):
        assert public_key_of(bytes(spoilt)) == KEY.public_key()
