"""A box for small secrets that any program could open: it only shows that what is stored is sealed."""

_MARK = b"sealed:"


class PretendedBox:
    """Fulfils `key_files.Box`."""

    name = "pretended"

    def seal(self, plain: bytes) -> bytes:
        return _MARK + bytes(one ^ 0x5A for one in plain)

    def open(self, sealed: bytes) -> bytes:
        if not sealed.startswith(_MARK):
            raise OSError(13, "not sealed here")
        return bytes(one ^ 0x5A for one in sealed.removeprefix(_MARK))

    def check(self, descriptor: int) -> None:
        """Any file will do."""
