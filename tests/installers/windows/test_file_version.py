import struct

from installers.windows.file_version import file_version

RESOURCE = struct.pack("<IIII", 0xFEEF04BD, 0x00010000, 3 << 16 | 11, 9150 << 16 | 1013)


def test_the_version_of_a_program_is_that_of_its_resource() -> None:
    assert file_version(b"MZ" + bytes(100) + RESOURCE + bytes(40)) == "3.11.9150.1013"


def test_a_program_without_one_and_what_is_no_program_have_none() -> None:
    assert file_version(b"MZ" + bytes(200)) == ""
    assert file_version(b"PK" + RESOURCE) == ""
    assert file_version(b"MZ" + RESOURCE[:12]) == ""
    assert file_version(b"") == ""
