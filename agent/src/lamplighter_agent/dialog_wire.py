"""What the service and a dialog's process say to each other: one line of JSON each. Pure.

The service writes the words, then, where there is a bar, a number for each step; the end of its lines takes
the dialog away. The dialog says first that it shows, then how it ended. Neither is believed without a check.
"""

import json
from dataclasses import asdict
from typing import Any, Final

from lamplighter_agent.backends.dialog_port import Button, DialogEnd, DialogWords

LARGEST: Final = 1 << 16
_KINDS: Final = {
    **dict.fromkeys(("title", "text", "ok", "cancel", "other"), str),
    **dict.fromkeys(("line", "bar"), bool),
    "seconds": int,
}
_END_KINDS: Final = {"button": str, "option": int, "line": str}
SHOWN: Final = b"shown\n"
UNSHOWN: Final = b"unshown\n"


def words_line(words: DialogWords) -> bytes:
    """Return the line that has a dialog shown."""
    return json.dumps(asdict(words)).encode() + b"\n"


def read_words(line: bytes) -> DialogWords:
    """Return what is to be shown; raise ValueError for anything else."""
    told = _object(line)
    options = told.pop("options", [])
    known = _KINDS.keys() >= told.keys() >= {"title", "text"}
    if not known or not all(type(value) is _KINDS[name] for name, value in told.items()):
        raise ValueError("no dialog's words")
    if not isinstance(options, list) or not all(isinstance(one, str) for one in options):
        raise ValueError("no dialog's options")
    return DialogWords(**told, options=tuple(options))


def end_line(end: DialogEnd) -> bytes:
    """Return the line that tells how it ended."""
    return json.dumps(asdict(end)).encode() + b"\n"


def read_end(line: bytes) -> DialogEnd:
    """Return how it ended; raise ValueError for anything else."""
    told = _object(line)
    if {name: type(value) for name, value in told.items()} != _END_KINDS:
        raise ValueError("no dialog's end")
    return DialogEnd(button=Button(told["button"]), option=told["option"], line=told["line"])


def percent_line(percent: int) -> bytes:
    """Return the line that says how far it is."""
    return f"{percent}\n".encode()


def read_percent(line: bytes) -> int | None:
    """Return how far it is; None for what is no number of per cent."""
    word = line.strip()
    return int(word) if word.isdigit() and len(word) <= 3 and int(word) <= 100 else None


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > LARGEST:
        raise ValueError("too long")
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - for whoever sent it, it is one more wrong value
    return found
