"""``accounts``, as a technician uses it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_collector.people.roles import Role

from tests.support.collector import Collector, detection, device
from tests.support.signed_in import exchange, sign_in
from tests.support.waiting import wait_for

PASSWORD = "harbour-lantern-quiet-7"


@pytest.fixture
def collector(tmp_path: Path) -> Collector:
    """Its settings; nothing has ever been started."""
    collector = Collector(tmp_path)
    collector.write_config()
    return collector


def run(
    collector: Collector, verb: str, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lamplighter_collector", "accounts", verb]
    return subprocess.run(
        [*command, "--config", str(collector.config), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def add(
    collector: Collector, login: str = "wren", *more: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return run(
        collector, "add", "--login", login, "--name", "Wren Alder", "--role", "dsl", *more, stdin=stdin
    )


def status_of_sign_in(collector: Collector, login: str, password: str) -> int:
    form = {"login": login, "password": password}
    return exchange(collector.web, "/sign-in", method="POST", form=form).status


def test_the_password_is_made_and_shown_once_and_opens_the_page(collector: Collector) -> None:
    (made,) = json.loads(add(collector, "wren", "--json").stdout)
    assert set(made) == {"account", "password"}
    listed = run(collector, "list", "--json").stdout
    (record,) = json.loads(listed)
    assert (record["account"], record["name"], record["roles"]) == (made["account"], "Wren Alder", ["dsl"])
    assert "password" not in listed
    with collector:
        assert status_of_sign_in(collector, "WREN", made["password"]) == 303
    assert made["password"] not in collector.log.read_text(encoding="utf-8")


def test_a_password_comes_by_standard_input_and_is_not_repeated(collector: Collector) -> None:
    done = add(collector, "wren", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert done.returncode == 0
    assert PASSWORD not in done.stdout + done.stderr
    with collector:
        assert status_of_sign_in(collector, "wren", PASSWORD) == 303
        changed = run(collector, "password", "--login", "wren", "--password-stdin", stdin=PASSWORD + "-8\n")
        assert changed.returncode == 0
        assert status_of_sign_in(collector, "wren", PASSWORD) == 403
        assert status_of_sign_in(collector, "wren", PASSWORD + "-8") == 303


@pytest.mark.parametrize(
    ("arguments", "stdin", "problem"),
    [
        (("add", "--login", "wren", "--name", "W", "--role", "dsl", "--password-stdin"), "short\n", "12 to"),
        (("add", "--login", "wren", "--name", "W", "--role", "dsl", "--password-stdin"), "", "12 to"),
        (("add", "--login", "line\nbreak", "--name", "W", "--role", "dsl"), "", "printable"),
        (("add", "--login", "wren", "--name", "x" * 129, "--role", "dsl"), "", "printable"),
        (("add", "--login", "wren", "--name", " ", "--role", "dsl"), "", "printable"),
        (("disable", "--login", "nobody"), "", "no account"),
        (("roles", "--login", "nobody", "--role", "dsl"), "", "no account"),
        (("link", "--login", "nobody"), "", "nothing to link"),
        (("password", "--login", "nobody"), "", "no account"),
    ],
)
def test_what_can_not_be_done_is_said_and_nothing_changes(
    collector: Collector, arguments: tuple[str, ...], stdin: str, problem: str
) -> None:
    done = run(collector, *arguments, stdin=stdin)
    assert done.returncode == 2
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_a_role_that_does_not_exist_is_refused(collector: Collector) -> None:
    done = run(collector, "add", "--login", "wren", "--name", "W", "--role", "admin")
    assert done.returncode == 2
    assert "admin" in done.stderr


def test_a_login_twice_is_refused(collector: Collector) -> None:
    assert add(collector).returncode == 0
    assert "already" in add(collector, "WREN").stderr


async def test_a_link_reaches_what_is_stored_and_what_comes_of_a_running_collector(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        head = sign_in(collector.web, collector.config, Role.HEADTEACHER)
        assert add(collector).returncode == 0
        files = collector.enrol("lap-17")
        async with device(collector.ingest, files) as lap:
            await lap.deliver([detection(theme="bullying", user="walder")])
            assert "Bullying" not in head.request().body
            assert run(collector, "link", "--login", "wren", "--device-account", "walder").returncode == 0
            assert "Bullying" in head.request().body

            def is_routed() -> bool:
                return len(audiences(collector)) > 1 and set(audiences(collector)) == {"head"}

            await lap.deliver([detection(theme="weapons", user="walder")])
            wait_for(is_routed, "both items with the head")
        (record,) = (
            one for one in json.loads(run(collector, "list", "--json").stdout) if one["roles"] == ["dsl"]
        )
        assert record["device_accounts"] == 1
        assert run(collector, "link", "--login", "wren", "--remove", "walder").returncode == 0
        assert audiences(collector) == ["dsl", "dsl"]


def audiences(collector: Collector) -> list[str]:
    return [str(row["audience"]) for row in collector.report("incidents")]
