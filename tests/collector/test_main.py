"""The command line, as an administrator uses it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.collector import Collector, detection, device, loss


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


def test_serve_refuses_to_start_without_its_key(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    collector.write_config()
    (tmp_path / "certificates" / "collector" / "key.pem").write_text("nothing", encoding="utf-8")
    result = run("serve", "--config", str(collector.config))
    assert result.returncode == 2
    assert "ingest.key" in result.stderr
    assert result.stdout == ""


def test_migrate_says_where_the_store_is(tmp_path: Path) -> None:
    collector = Collector(tmp_path)
    collector.write_config()
    assert "0001" in run("migrate", "--config", str(collector.config)).stdout


async def test_read_verbs_answer_beside_a_running_collector_and_hold_no_words(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        async with device(collector.ingest, collector.authority.device("lap-17")) as lap:
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
