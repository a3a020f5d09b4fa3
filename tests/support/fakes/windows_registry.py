"""A registry of Windows in memory, with who may write to a key and read a file."""

from pathlib import Path


class PretendedRegistry:
    """Fills `Values` and `Access`."""

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, int | str]] = {}
        self.closed: set[str] = set()
        self.writable: set[str] = set()
        self.shown: set[Path] = set()

    def read(self, key: str, name: str) -> int | str | None:
        return self.keys.get(key, {}).get(name)

    def names(self, key: str) -> list[str]:
        return list(self.keys.get(key, {}))

    def write(self, key: str, name: str, value: int | str) -> None:
        self.keys.setdefault(key, {})[name] = value

    def is_there(self, key: str) -> bool:
        return key in self.keys

    def remove(self, key: str) -> None:
        self.keys.pop(key, None)

    def others_may_write(self, key: str) -> bool:
        return key in self.writable

    def close(self, key: str) -> None:
        self.closed.add(key)

    def file_is_shown(self, path: Path) -> bool:
        path.stat()
        return path in self.shown
