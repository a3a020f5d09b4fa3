"""The forms of the incident's page: what was sent, what is kept of it, and what was wrong with it."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import FormData

from lamplighter_collector.review.deciding import Stamp
from lamplighter_collector.review.outcomes import CHOICES, NOTE, REASON

_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_MOST_DIGITS: Final = 9
_WRITTEN: Final = {
    NOTE: "Note",
    REASON: "Reason",
    **{
        question.name: question.label
        for choice in CHOICES
        for question in choice.questions
        if question.kind in {"line", "text"}
    },
}
"""The fields that somebody wrote text into, and what they are called."""


def new_nonce() -> str:
    """A form's own number, so that sending it twice does one thing."""
    return secrets.token_urlsafe(18)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as it is shown: empty, or with what was sent and what was wrong with it."""

    version: int
    nonce: str = field(default_factory=new_nonce)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    problems: Mapping[str, str] = field(default_factory=dict)


def values_of(sent: FormData) -> dict[str, str]:
    """The text of each field; of a field that was sent twice, the last."""
    return {name: value for name, value in sent.multi_items() if isinstance(value, str)}


def stamp_of(values: Mapping[str, str]) -> Stamp | None:
    """Version and number of the form; None where they are missing or not ours."""
    version, nonce = values.get("version", ""), values.get("nonce", "")
    is_number = version.isascii() and version.isdigit() and len(version) <= _MOST_DIGITS
    if not is_number or not _NONCE.fullmatch(nonce):
        return None
    return Stamp(version=int(version), nonce=nonce)


def written(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """What somebody wrote, under the name of its field: shown again whenever it could not be saved."""
    return [(label, text) for name, label in _WRITTEN.items() if (text := values.get(name, "").strip())]
