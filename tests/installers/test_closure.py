"""What reaches a device is what the lock pins, and nothing of the collector or the tests."""

from packaging.utils import canonicalize_name

from installers.closure import locked, needed


def test_the_agent_needs_no_collector_library_and_no_test_tool() -> None:
    names = needed("lamplighter-agent")
    assert {"grpcio", "protobuf", "cryptography"} <= names
    assert not names & {"sqlalchemy", "starlette", "pytest", "lamplighter-collector", "pyside6-essentials"}


def test_every_need_is_pinned_with_hashes() -> None:
    names = needed("lamplighter-agent")
    text = locked(names)
    pinned = {canonicalize_name(line.split("==")[0]) for line in text.splitlines() if "==" in line}
    assert pinned == names
    assert text.count("--hash=sha256:") >= len(names)
