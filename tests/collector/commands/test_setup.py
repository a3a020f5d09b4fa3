"""``setup --answers``, as an installation script uses it, to the page that people open."""

import hashlib
import json
import signal
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.collector.setup.answering import PASSWORD, contact, written
from tests.collector.terminal import invoked


def free_ports() -> dict[str, object]:
    """Ports that are free now; another program may take one, which the collector would then say."""
    holders = {name: socket.create_server(("127.0.0.1", 0)) for name in ("ingest", "enrolment", "web")}
    ports = {name: holder.getsockname()[1] for name, holder in holders.items()}
    for holder in holders.values():
        holder.close()
    return {"name": "localhost", "listen": "127.0.0.1", **ports}


def fingerprint(port: object) -> str:
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", int(str(port)))) as plain,
        anybody.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        certificate = tls.getpeercert(binary_form=True) or b""
    return f"sha256:{hashlib.sha256(certificate).hexdigest()}"


def test_what_setup_makes_is_served_under_the_fingerprint_it_told(tmp_path: Path) -> None:
    addresses, config = free_ports(), tmp_path / "etc" / "collector.toml"
    path = written(tmp_path, addresses=addresses, contacts=[fresh()])
    arguments = ["setup", "--config", str(config), "--data", str(tmp_path / "data"), "--answers", str(path)]
    first = invoked(*arguments, "--json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert PASSWORD not in first.output
    assert told["keys"] == str(tmp_path / "data-keys")
    assert any("tokens issue" in one for one in told["next"])
    command = [sys.executable, "-m", "lamplighter_collector", "serve", "--config", str(config)]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as serving,
    ):
        assert serving.stdout is not None
        ready = json.loads(serving.stdout.readline())
        try:
            assert ready["web"] == f"https://127.0.0.1:{addresses['web']}/"
            assert fingerprint(addresses["web"]) == told["page"]["fingerprint"]
        finally:
            serving.send_signal(signal.SIGTERM)
    assert serving.returncode == 0

    again = invoked(*arguments)
    assert (again.exit_code, "differs: none" in again.stdout) == (0, True)
    written(tmp_path, addresses=addresses, contacts=[fresh("Room 9")])
    assert invoked(*arguments).exit_code == 1
    assert invoked(*arguments, "--change").exit_code == 0
    assert invoked(*arguments).exit_code == 0


def fresh(value: str = "Room 4") -> dict[str, object]:
    return contact(value, f"{datetime.now(UTC):%Y-%m-%d}")


def test_without_a_terminal_or_with_an_open_password_it_makes_nothing(tmp_path: Path) -> None:
    config, data = tmp_path / "etc" / "collector.toml", tmp_path / "data"
    here = ["setup", "--config", str(config), "--data", str(data)]
    asked = invoked(*here)
    assert (asked.exit_code, "--answers: missing" in asked.stderr) == (2, True)
    url = "postgresql+psycopg://lamp:quiet-harbour@/lamp"
    path = written(tmp_path, store={"url": url}, contacts=[fresh()])
    path.chmod(0o644)
    refused = invoked(*here, "--answers", str(path))
    assert refused.exit_code == 2
    assert "store.url: holds a password" in refused.stderr
    assert "quiet-harbour" not in refused.output
    assert not data.exists()
