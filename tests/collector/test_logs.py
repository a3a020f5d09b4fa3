import json
import logging
import subprocess
import sys

from lamplighter_collector.logs import _NameOnly

PROGRAM = """
import logging
from lamplighter_collector import logs
logs.configure()
try:
    raise ValueError("zebra lantern")
except ValueError:
    logging.getLogger("somebody.else").exception("with %s", "zebra lantern")
"""


def test_what_libraries_log_is_reduced_to_their_name() -> None:
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    line = json.loads(result.stderr)
    assert (line["logger"], line["problem"]) == ("somebody.else", "ValueError")
    assert "zebra" not in result.stderr


def test_a_line_without_an_error() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "zebra", (), None)
    assert json.loads(_NameOnly().format(record)) == {"event": "library", "level": "warning", "logger": "x"}
