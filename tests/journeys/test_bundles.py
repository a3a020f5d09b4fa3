"""Signed lists from publication to the device: used within seconds, refused when forged, never lost."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lamplighter_collector.bundles.models import bundles
from lamplighter_collector.bundles.shelf import newest_root, read_shelf
from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.config import load
from lamplighter_collector.db.changes import bump
from lamplighter_collector.db.console import administering
from lamplighter_collector.people.roles import Role
from lamplighter_keywords.bundles.bundle import Manifest, PartSum
from lamplighter_keywords.bundles.envelope import PrivateKey
from sqlalchemy import Connection, insert, update

from tests.journeys.stack import Stack
from tests.support.own_lists import GOOD
from tests.support.signed_in import sign_in
from tests.support.waiting import wait_for

pytestmark = pytest.mark.journey
# A word that no shipped list has.
WORD = "quibblefen"
LIST = (
    GOOD.replace("wicktrimmer", WORD)
    .replace("wickets", "quibbles")
    .replace("bullying", "gambling")
    .replace("conduct", "commerce")
)
# Nobody sits there to agree at sign-in; that has a journey of its own.
PAPER = '[acknowledgement]\nnotice = "on_paper"\n'


def bundle(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = stack.status()["bundle"]
    return found


def until(stack: Stack, condition: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
    return wait_for(lambda: found if condition(found := bundle(stack)) else None, what, seconds=60)


def own_list(folder: Path) -> Path:
    folder.mkdir()
    (folder / "lamps.en.toml").write_text(LIST)
    return folder


def page_says(stack: Stack, words: str) -> str:
    page = stack.state / "what-this-device-checks.html"
    return wait_for(lambda: text if words in (text := page.read_text()) else None, f"the page saying {words}")


def alarm(stack: Stack) -> dict[str, Any]:
    """Wait until `devices list` says that the device refused something."""

    def look() -> dict[str, Any] | None:
        (row,) = stack.read("devices list")
        return row if row["bundle_state"] == "refused" else None

    return wait_for(look, "the refusal in the register", seconds=60, step=0.2)


def still_finds(stack: Stack, words: str, theme: str) -> None:
    stack.desktop.type_text(f"{words} ")
    stack.wait_for_theme(theme)


def test_a_new_term_is_found_within_seconds_of_its_publication(stack: Stack, tmp_path: Path) -> None:
    stack.start_service()
    assert bundle(stack)["version"] == 1
    stack.desktop.open_gtk_entry("Notes")
    stack.desktop.type_text(f"{WORD} everyone hates you just leave ")
    stack.wait_for_theme("bullying")
    assert "gambling" not in {incident["theme"] for incident in stack.read("incidents")}
    own = str(own_list(tmp_path / "lists"))
    stack.tell_collector("bundles", "publish", "--shipped-lists", "--lists", own)
    until(stack, lambda found: found["version"] == 2, "version 2 on the device")
    stack.desktop.type_text(f"{WORD} ")
    stack.wait_for_theme("gambling")
    # And the helper went on all the while: nothing was started anew.
    assert stack.status()["losses"] == {}


def test_hours_and_sensors_follow_the_policy_while_it_runs(stack: Stack, tmp_path: Path) -> None:
    stack.start_service()
    policy = tmp_path / "policy.toml"
    policy.write_text(
        "[[terms]]\nfrom = 2001-01-01\nto = 2001-01-02\n[hours.pupil]\nin_term = true\n" + PAPER
    )
    stack.tell_collector("bundles", "publish", "--policy", str(policy))
    wait_for(lambda: not stack.status()["sensing"], "checking at rest")
    (session,) = stack.status()["sessions"]
    assert (session["resting"], session["policy_reason"]) == (True, "outside all terms")
    # Written a moment after the status.
    page_says(stack, "Checking is off: it rests now")

    policy.write_text('[groups.pupil]\ntyped = false\n[notice.en]\nlines = ["From the lamp room."]\n' + PAPER)
    stack.tell_collector("bundles", "publish", "--policy", str(policy))
    stack.wait_until_watching()
    (session,) = stack.status()["sessions"]
    working = {sensor["sensor"]: sensor["working"] for sensor in session["sensors"]}
    assert working == {"window titles": True, "text of fields": False, "keys in terminals": False}
    assert "Words you type" not in page_says(stack, "From the lamp room.")


@pytest.mark.fault
def test_a_bundle_that_was_tampered_with_is_refused_and_somebody_hears_of_it(stack: Stack) -> None:
    stack.start_service()
    stack.desktop.open_gtk_entry("Notes")
    config = load(stack.collector.config)
    stack.tell_collector("bundles", "publish", "--days", "1")
    until(stack, lambda found: found["version"] == 2, "version 2 on the device")
    with administering(config.store_url) as engine, engine.begin() as connection:
        shelf = read_shelf(connection, config.organisation)
        packed = bytearray(shelf.parts["keywords"])
        packed[len(packed) // 2] ^= 1
        # As if version 2 had never been and 3 were it, with one bit of the lists flipped.
        root = newest_root(connection, config.organisation)
        assert root is not None
        key = SigningKeys(config.state).for_bundles(root)
        manifest = signed(key, 3, config.organisation, dict(shelf.parts))
        values = {"version": 3, "envelope": manifest, "keywords": bytes(packed)}
        connection.execute(update(bundles).where(bundles.c.version == 2).values(values))
        bump(connection, config.organisation, "bundles")
    until(stack, lambda found: found["state"] == "refused", "the refusal in `status`")
    assert bundle(stack)["reason"] == "keywords: not what the manifest says"
    assert alarm(stack)["bundle_problem"] == "bundle-malformed"
    page = sign_in(stack.collector.web, stack.collector.config, Role.DSL).request("/").body
    assert "AV-0042 did not accept the newest word lists (bundle-malformed)" in page
    still_finds(stack, "everyone hates you just leave", "bullying")


@pytest.mark.fault
def test_a_stolen_key_is_refused_after_the_rotation_and_the_last_good_lists_stay(stack: Stack) -> None:
    stack.start_service()
    stack.desktop.open_gtk_entry("Notes")
    config = load(stack.collector.config)
    with administering(config.store_url) as engine, engine.begin() as connection:
        root = newest_root(connection, config.organisation)
    assert root is not None
    stolen = SigningKeys(config.state).for_bundles(root)
    stack.tell_collector("bundles", "rotate-root", "--drop-signing-key", stolen.id)
    until(stack, lambda found: (found["root"], found["version"]) == (2, 2), "the new root on the device")

    with administering(config.store_url) as engine, engine.begin() as connection:
        publish_as(stolen, 99, connection, config.organisation)
    refused = until(stack, lambda found: found["state"] == "refused", "the refusal in `status`")
    assert (refused["version"], refused["problem"]) == (2, "signature-invalid")
    assert alarm(stack)["bundle_problem"] == "signature-invalid"
    still_finds(stack, "everyone hates you just leave", "bullying")
    # Also after a restart without the collector.
    stack.children.kill(stack.collector.process)
    stack.kill_service()
    stack.start_service()
    assert bundle(stack)["version"] == 2


@pytest.mark.fault
def test_a_thief_who_ran_ahead_of_the_rotation_is_overtaken_by_it(stack: Stack, tmp_path: Path) -> None:
    stack.start_service()
    stack.desktop.open_gtk_entry("Notes")
    config = load(stack.collector.config)
    true, aside = stack.folder / "collector", tmp_path / "true"
    # For a while the thief, with the stolen key, stands where the collector stood.
    stack.children.kill(stack.collector.process)
    shutil.copytree(true, aside)
    with administering(config.store_url) as engine, engine.begin() as connection:
        root = newest_root(connection, config.organisation)
        assert root is not None
        stolen = SigningKeys(config.state).for_bundles(root)
        publish_as(stolen, 900, connection, config.organisation)
    stack.restart_collector()
    until(stack, lambda found: found["version"] == 900, "the thief's lists on the device")

    stack.children.kill(stack.collector.process)
    shutil.rmtree(true)
    shutil.copytree(aside, true)
    stack.restart_collector()
    # The school's lists are older than what the device has: it refuses them, and somebody hears of it.
    assert alarm(stack)["bundle_problem"] == "bundle-stale"
    stack.tell_collector("bundles", "rotate-root", "--drop-signing-key", stolen.id)
    until(stack, lambda found: (found["root"], found["version"]) == (2, 2), "the school's own lists again")
    wait_for(lambda: stack.read("devices list")[0]["bundle_state"] == "current", "the register saying so")
    still_finds(stack, "everyone hates you just leave", "bullying")


def publish_as(key: PrivateKey, version: int, connection: Connection, organisation: str) -> None:
    """Put what is published now once more, as another version, signed by a key of somebody's choice."""
    parts = dict(read_shelf(connection, organisation).parts)
    times = {"created_at": 1, "expires_at": 4_000_000_000_000}
    row = {"organisation": organisation, "version": version, **parts, **times}
    row["envelope"] = signed(key, version, organisation, parts)
    connection.execute(insert(bundles).values(row))
    bump(connection, organisation, "bundles")


def signed(key: PrivateKey, version: int, organisation: str, parts: dict[str, bytes]) -> bytes:
    manifest = Manifest(
        organisation=organisation,
        version=version,
        created=1,
        expires=4_000_000_000_000,
        min_agent="0",
        parts={name: PartSum.of(content) for name, content in parts.items()},
    )
    return manifest.seal(key)
