"""What the demo tells the person who started it: steps on standard error, the result on standard output."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console


class Show:
    """Progress for a person; JSON for a program."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Show that something is under way, and that it is done."""
        with self._console.status(text):
            yield
        self._console.print(f"[yellow]*[/yellow] {text}")

    def say(self, text: str) -> None:
        self._console.print(text)

    def result(self, **figures: Any) -> None:
        print(json.dumps(figures), flush=True)
