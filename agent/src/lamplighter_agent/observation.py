"""What a sensor saw, in memory, unjudged. Nothing here is ever stored, logged or sent as it is."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedText:
    """The window of one focused field at a word boundary.

    `text` is at most 512 characters as typed; U+0008 stands for Backspace. `position` is the index of its
    first character in the field's whole stream, so that (field, position, term) names one finding.
    """

    field_id: int
    position: int
    text: str = field(repr=False)
    pasted: bool
    application: str
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowTitle:
    """The title of the foreground window after a change."""

    title: str = field(repr=False)
    application: str
    observed_at: datetime


Observation = TypedText | WindowTitle
