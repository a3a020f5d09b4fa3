"""A session of Windows that a person is signed in to."""

from dataclasses import dataclass

# Session 0 has no desktop that a person sees.
SERVICES = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSession:
    """A session somebody is signed in to, in front or not; `user` is a security identifier."""

    number: int
    user: str
