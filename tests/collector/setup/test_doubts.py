"""What is said of addresses before laptops find out."""

import socket
from pathlib import Path

from lamplighter_collector.setup import doubts
from lamplighter_collector.setup.answers import Addresses, answers_of

from tests.collector.setup.answering import TODAY


def addresses(tmp_path: Path, **more: object) -> Addresses:
    given = {"name": "localhost", "listen": "127.0.0.1", **more}
    found = answers_of({"addresses": given}, tmp_path, TODAY).addresses
    assert found is not None
    return found


def test_a_name_that_nobody_knows_is_named(tmp_path: Path) -> None:
    found = doubts.of_names(addresses(tmp_path, also=["lamp.school.invalid"]))
    assert found == ("lamp.school.invalid can't be found from here: enter it into the name service",)


def test_a_port_that_somebody_has_is_named_but_not_our_own(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        wanted = addresses(tmp_path, web=port)
        assert f"the port {port} of web is taken on 127.0.0.1" in doubts.of_ports(wanted)
        assert not [one for one in doubts.of_ports(wanted, frozenset({port})) if str(port) in one]
    assert not [one for one in doubts.of_ports(wanted) if str(port) in one]
