"""The command line, as an administrator uses it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lamplighter_collector.clock import utc_now
from lamplighter_collector.enrolment.authority import Authority
from lamplighter_protos.v1 import detection_pb2

from tests.collector.stores import SCHEMA
from tests.support.collector import Collector, detection, device, loss


def spoilt(key: Path) -> None:
    key.write_bytes(b"nothing")


def exposed(key: Path) -> None:
    key.chmod(0o644)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lamplighter_collector", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("verb", ["serve", "migrate", "incidents"])
def test_a_wrong_setting_is_named_and_nothing_starts(tmp_path: Path, verb: str) -> None:
    collector = Collector(tmp_path)
    collector.write_config()
    text = collector.config.read_text(encoding="utf-8")
    collector.config.write_text(text + "\ncolour = 1\n", encoding="utf-8")
    result = run(verb, "--config", str(collector.config))
    assert result.returncode == 2
    assert "web.colour: unknown key" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(("harm", "named"), [(spoilt, "authority"), (exposed, "must be of mode 600")])
def test_serve_refuses_to_start_with_a_bad_authority(
    tmp_path: Path, harm: Callable[[Path], None], named: str
) -> None:
    collector = Collector(tmp_path)
    collector.write_config()
    Authority.open(collector.state, collector.organisation, utc_now())
    (key,) = (collector.state / "authority").glob("authority.[!p]*")
    harm(key)
    result = run("serve", "--config", str(collector.config))
    assert result.returncode == 2
    assert named in result.stderr
    assert result.stdout == ""


@pytest.mark.fault
def test_serve_refuses_to_start_with_another_master_key_and_says_which(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        keys = collector.state / "keys"
    (master,) = keys.glob("master-*")
    master.rename(keys / f"master-0123456789abcdef{master.suffix}")
    result = run("serve", "--config", str(collector.config))
    assert (result.returncode, result.stdout) == (2, "")
    named = master.stem.removeprefix("master-")
    assert f"needs the master key {named}, found is 0123456789abcdef" in result.stderr


@pytest.mark.fault
async def test_serve_refuses_to_start_without_its_key_ring(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        async with device(collector.ingest, collector.enrol("lap-17")) as lap:
            await lap.deliver([detection()])
    for file in (collector.state / "keys").glob("ring.sqlite3*"):
        file.unlink()
    result = run("serve", "--config", str(collector.config))
    assert (result.returncode, result.stdout) == (2, "")
    assert "key ring is empty" in result.stderr


@pytest.mark.fault
def test_serve_refuses_a_second_one_a_vanished_store_and_foreign_keys(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        again = run("serve", "--config", str(collector.config))
        assert (again.returncode, again.stdout) == (2, "")
        assert "another collector serves" in again.stderr
    store, gone = tmp_path / "collector.sqlite3", tmp_path / "gone.sqlite3"
    store.rename(gone)
    result = run("serve", "--config", str(collector.config))
    assert (result.returncode, result.stdout) == (2, "")
    assert "is empty, but the key ring" in result.stderr
    assert not store.exists()
    gone.rename(store)
    for made in ("keys", "authority"):
        (collector.state / made).rename(tmp_path / made)
    other = Collector(tmp_path, store=f"sqlite:///{tmp_path / 'other.sqlite3'}")
    with other:
        pass
    (collector.state / "authority" / "authority.pem").unlink()
    collector.write_config()
    result = run("serve", "--config", str(collector.config))
    assert (result.returncode, result.stdout) == (2, "")
    assert "does not belong to" in result.stderr
    assert not (collector.state / "authority" / "authority.pem").exists()
    assert "Traceback" not in result.stderr


def test_migrate_says_where_the_store_is(tmp_path: Path, store_url: str) -> None:
    collector = Collector(tmp_path, store=store_url)
    collector.write_config()
    assert SCHEMA in run("migrate", "--config", str(collector.config)).stdout


@pytest.mark.parametrize("verb", ["serve", "migrate", "incidents"])
def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path, verb: str) -> None:
    collector = Collector(tmp_path, store="postgresql+psycopg://lamplighter:zebra@/store?host=/nowhere")
    collector.write_config()
    collector.config.chmod(0o600)
    result = run(verb, "--config", str(collector.config))
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "zebra" not in result.stdout + result.stderr
    assert verb == "incidents" or "/nowhere" in result.stderr


async def test_terms_and_what_is_not_the_dsls_are_shown_on_record_only(tmp_path: Path) -> None:
    staff = detection(theme="hate", user="jgrey", user_kind=detection_pb2.USER_KIND_STAFF)
    with Collector(tmp_path) as collector:
        async with device(collector.ingest, collector.enrol("lap-17")) as lap:
            await lap.deliver([detection(), staff])

        def shown(verb: str, *options: str) -> tuple[list[str], str]:
            text = collector.run(verb, *options, "--json")
            return sorted(str(row["theme"]) for row in json.loads(text)), text

        for verb in ("incidents", "detections"):
            themes, text = shown(verb)
            assert themes == ["", "self-harm"]
            assert "sh-0012" not in text
            assert shown(verb, "--open")[0] == ["hate", "self-harm"]
        assert "sh-0012" in shown("detections", "--open")[1]
        record = [(row["actor"], row["object"]) for row in collector.report("audit list")][-3:]
        assert record == [("console", "incidents"), ("console", "detections"), ("console", "detections")]


async def test_read_verbs_answer_beside_a_running_collector_and_hold_no_words(
    tmp_path: Path, store_url: str
) -> None:
    with Collector(tmp_path, store=store_url) as collector:
        async with device(collector.ingest, collector.enrol("lap-17")) as lap:
            sent = detection(repeats=2)
            await lap.deliver([sent, loss()])
        (found,) = collector.report("detections")
        assert (found["id"], found["device"], found["term"]) == (sent.id.hex(), "lap-17", "sh-0012")
        (incident,) = collector.report("incidents")
        assert (incident["theme"], incident["severity"], incident["count"]) == ("self-harm", 4, 3)
        (lost,) = collector.report("losses")
        assert (lost["device"], lost["count"]) == ("lap-17", 41)
        answers = json.dumps([found, incident, lost])
        plain = run("incidents", "--config", str(collector.config)).stdout
    assert "theme self-harm" in plain
    for text in (answers, plain):
        assert "zebra" not in text
        assert "pupil07" not in text
