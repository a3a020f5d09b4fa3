"""Logs: one JSON object a line on standard error, with ids, counts and kinds; never text of a person.

What libraries log is reduced to their name and the kind of error: their messages and tracebacks may quote
what they were given.
"""

import json
import logging
import sys

import structlog


class _NameOnly(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0] if record.exc_info else None
        line = {"event": "library", "level": record.levelname.lower(), "logger": record.name}
        return json.dumps(line | ({"problem": kind.__name__} if kind else {}))


def configure() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_NameOnly())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
