"""What both ends of the wire call the same."""

from typing import Final

SERVER_NAME: Final = "collector.lamplighter.invalid"
"""The one name in a collector's certificate; its address says nothing, the authority does."""
REASON: Final = "lamplighter-reason"
"""Trailing metadata of a refusal: the slug of its reason."""
RECOVER_PREFIX: Final = b"lamplighter recover\0"
"""What comes before the signing request in the proof of `Enrolment.Recover`."""
