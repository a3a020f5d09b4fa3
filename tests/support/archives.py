"""Archives for tests, also such as ClamAV can't look into."""

import io
import struct
import zipfile

from lamplighter_agent.media.scan.clamd import locked_archive


def zipped(content: bytes, *, name: str = "a.com", stored: bool = False) -> bytes:
    """Return a zip archive of one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, archive.compression)
    return packed.getvalue()


def nested_zip(content: bytes, *, depth: int = 1, name: str = "a.com") -> bytes:
    """Return a zip archive in a zip archive, so many times."""
    for _ in range(depth):
        content = zipped(content, name=name)
        name = "in.zip"
    return content


def zip64(content: bytes, *, stored: bool = False) -> bytes:
    """Return a zip archive whose header in front of the content has sizes of zip64."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.com", "w", force_zip64=True) as member,
    ):
        member.write(content)
    made = bytearray(packed.getvalue())
    # Newer Pythons than Debian 12's say so by themselves: the sizes are in the field behind the name.
    made[18:26] = b"\xff" * 8
    return bytes(made)


def concatenated(*contents: bytes) -> bytes:
    """Return archives one after the other: programs show what is in the last."""
    return b"".join(map(zipped, contents))


def locked_zip(content: bytes) -> bytes:
    """Return an archive that says it needs a password. What is in it is not really encrypted."""
    assert len(content) > 0
    return locked_archive()


def local_header(*, method: int, flags: int = 0, packed: int = 0, size: int = 0, name: bytes = b"a") -> bytes:
    """Return a member's header alone."""
    return (
        b"PK\3\4"
        + struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 0x21, 0, packed, size, len(name), 0)
        + name
    )
