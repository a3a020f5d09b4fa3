"""A session of Windows that a person is signed in to, and how accounts and groups are called. Pure."""

from dataclasses import dataclass

# Session 0 has no desktop that a person sees.
SERVICES = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSession:
    """A session in front; `user` and `groups` are security identifiers, `name` is what people call it."""

    number: int
    user: str
    name: str = ""
    groups: tuple[str, ...] = ()
    # That Windows speaks to them, as a tag: en-GB.
    language: str = ""


def number_of(identifier: str) -> int:
    """Return a security identifier as a number, its letters read as one; no two have the same."""
    return int.from_bytes(identifier.encode("ascii"), "big")


def account_name(name: str, domain: str, device: str) -> str:
    """Return an account's name: with its domain, unless it is an account of this device alone."""
    return name if domain.casefold() == device.casefold() else f"{domain}\\{name}"
