"""Which device something comes from, as its certificate says and nothing else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceName:
    """Organisation (certificate O), device (its asset tag, certificate CN) and identity.

    The identity is a UUID made at enrolment: a device that was enrolled anew is another one, though its
    asset tag is the same.
    """

    organisation: str
    device: str
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who asks for a new certificate, and by which one they hold now: its serial number in hexadecimal."""

    name: DeviceName
    serial: str
    expired: bool = False
    """Asked on the port of the strangers, since the certificate ran out."""
