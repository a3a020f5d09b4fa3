"""A Mac's keychain that forgets everything at the end of a test run."""


class PretendedKeychain:
    """Fulfils `keychain.Keychain`."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    def find(self, name: str, owner: str) -> bytes | None:
        return self.kept.get((name, owner))

    def add(self, name: str, owner: str, secret: bytes) -> None:
        if (name, owner) in self.kept:
            raise FileExistsError(17, "there is one already")
        self.kept[name, owner] = secret

    def delete(self, name: str, owner: str) -> None:
        self.kept.pop((name, owner), None)
