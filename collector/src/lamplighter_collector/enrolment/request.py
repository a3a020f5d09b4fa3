"""What is taken from a signing request: its public key, once everything about it is in order; pure.

Names, extensions and wishes in the request are ignored: what a certificate says is the collector's to decide.
"""

from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from lamplighter_collector.errors import EnrolmentRefused

LARGEST_BYTES: Final = 8 << 10
_HASHES: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


def public_key_of(signing_request: bytes) -> ec.EllipticCurvePublicKey:
    """The P-256 key of a PKCS #10 request in DER.

    Raises:
        EnrolmentRefused: csr-unusable, when it is damaged, too large, badly signed or of another kind of key.
    """
    refused = EnrolmentRefused("csr-unusable")
    if len(signing_request) > LARGEST_BYTES:
        raise refused
    try:
        request = x509.load_der_x509_csr(signing_request)
        key = request.public_key()
        sound = isinstance(request.signature_hash_algorithm, _HASHES) and request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        raise refused from None
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) and sound):
        raise refused
    return key
