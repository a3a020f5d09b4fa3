"""What goes into a frozen program, and what stays out although it is installed beside it."""

from installers.closure import needed
from installers.frozen.contents import PROGRAMS, outsiders, ships_file, ships_library


def test_what_only_the_collector_and_the_tests_need_is_left_out() -> None:
    out = outsiders("lamplighter-agent")
    assert {
        "lamplighter_collector",
        "sqlalchemy",
        "starlette",
        "pytest",
        "PySide6",
        "pynput",
        "yara_x",
    } <= out


def test_nothing_that_the_agent_needs_is_left_out() -> None:
    out = outsiders("lamplighter-agent")
    assert {"grpcio", "cryptography"} <= needed("lamplighter-agent")
    assert not out & {"grpc", "google", "cryptography", "Xlib", "dbus_fast", "typer", "lamplighter_protos"}


def test_backends_of_other_systems_and_openssl_of_python_are_left_out() -> None:
    out = PROGRAMS["agent"].excluded()
    assert "lamplighter_agent.backends.windows" in out
    assert "lamplighter_agent.backends.linux" not in out
    assert "ssl" in out


def test_libraries_of_the_system_are_not_copied() -> None:
    assert not ships_library("libudev.so.1")
    assert ships_library("libpython3.11.so.1.0")


def test_of_the_files_none_is_for_compilers_or_other_systems() -> None:
    assert ships_file("lamplighter_agent/notice/languages/cy.toml")
    assert ships_file("pygments/lexers/python.pyc")
    for name in (
        "grpc/_cython/cygrpc.pyi",
        "pygments/lexers/perl.pyc",
        "grpc/_cython/_credentials/roots.pem",
    ):
        assert not ships_file(name)
    assert not ships_file("lamplighter_agent/backends/windows/comctl32.manifest")
