"""The name of a device, taken from its certificate and from nowhere else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceName:
    """Organisation (certificate O) and device (certificate CN)."""

    organisation: str
    device: str
