"""How a script tells what it saw: one line of JSON at a time, in a file."""

import json
from pathlib import Path


class Report:
    """The file, which `tests.wine` reads while it grows."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def say(self, **told: object) -> None:
        with self._path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(told) + "\n")
