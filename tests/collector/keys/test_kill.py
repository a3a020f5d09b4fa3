"""Killed between the commit of the key ring and the commit of the rows."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from lamplighter_collector.db.driver import transaction
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.ingest.arrival import Arrival
from lamplighter_collector.ingest.models import detections, subjects
from lamplighter_collector.ingest.privacy import EVIDENCE, NAME, Privacy, words_of
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.keys.sealing import Seals

from tests.collector.items import made
from tests.collector.stores import rows
from tests.support.sealed import ring_in, seals_in

ITEM, NAMED = b"x" * 16, "thessaly"
WHEN = ("after the key", "before the commit", "after the commit")


def item(seals: Seals) -> Arrival:
    return made(Privacy(seals), id=ITEM, user=NAMED)


def die(folder: Path, store_url: str, when: str) -> None:
    """What the other process does: the collector's own steps, up to where it is killed."""
    with seals_in(folder) as seals:
        ready = item(seals)  # its data key is committed
        if when == "after the key":
            os.kill(os.getpid(), signal.SIGKILL)
        store = SqlStore(writing_engine(store_url))
        if when == "before the commit":
            with transaction(store._engine) as cursor:
                store._write(cursor, [ready])
                os.kill(os.getpid(), signal.SIGKILL)
        store.accept([ready])
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.kill
@pytest.mark.parametrize("when", WHEN)
def test_a_kill_between_key_and_row_loses_nothing(tmp_path: Path, store_url: str, when: str) -> None:
    script = "import sys; from pathlib import Path; from tests.collector.keys.test_kill import die; "
    script += "die(Path(sys.argv[1]), sys.argv[2], sys.argv[3])"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), store_url, when],
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == -9
    engine = writing_engine(store_url)
    with seals_in(tmp_path) as seals:
        stored = SqlStore(engine).accept([item(seals)])
        assert stored == [when != "after the commit"]
        ((subject, evidence),) = rows(engine, detections, "subject", "evidence")
        assert words_of(seals.open(subject, EVIDENCE, evidence)).matched == "zebra lantern"
        ((name,),) = rows(engine, subjects, "name")
        assert seals.open(subject, NAME, name) == NAMED
    engine.dispose()
    with ring_in(tmp_path / "keys") as ring:
        assert ring.prove() == (3, 0)
