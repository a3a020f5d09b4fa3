"""What a sensor saw, in memory, unjudged. Nothing here is ever stored, logged or sent as it is."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


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


class UnseenReason(Enum):
    """Why words that might have been read did not become an observation: counted, never silent."""

    # A sensor stopped working while it was in use.
    SENSOR_FAILED = "sensor failed"
    # Somebody typed and no source told of it.
    SENSOR_SILENT = "sensor silent"
    # Keys reached us too late to know what the terminal was doing when they were pressed.
    LATE = "late"
    # The focus may have been elsewhere when they were pressed.
    FOCUS_UNCERTAIN = "focus uncertain"
    # They followed a secret on the same line of a terminal.
    AFTER_SECRET = "after a secret"  # noqa: S105 - a reason, no secret
    # A paste longer than what is looked at.
    TOO_LONG = "too long"
    # An application did not say in time whether its field may be read.
    UNANSWERED = "unanswered"
