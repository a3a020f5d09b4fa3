"""The service's log: one JSON object a line, on standard error, and never a word that a person typed.

What may be logged is a list, not a hope: a field that is not on it loses its value on the way out.
"""

import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "id",
        "reason",
        "problem",
        "records",
        "count",
        "segment",
        "bytes",
        "retry_seconds",
        "pid",
        "display",
        "code",
        "version",
        "root",
    }
)
REMOVED = "[removed]"


def redact(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Keep the values of allowed fields only."""
    return {name: value if name in ALLOWED else REMOVED for name, value in fields.items()}


def configure() -> None:
    """Log by these rules from now on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
