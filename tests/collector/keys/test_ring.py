import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from lamplighter_collector.db.engine import writing_engine
from lamplighter_collector.errors import (
    KeyRingMissing,
    MasterKeyAmbiguous,
    MasterKeyWrong,
    SealBroken,
    StoreUnavailable,
)
from lamplighter_collector.keys.models import ring_metadata
from lamplighter_collector.keys.ring import DataKey, KeyRing
from lamplighter_collector.keys.secrets import PLAIN, Secrets

from tests.collector.postgresql import Cluster
from tests.support.sealed import ring_in

CHILD = "a" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def master_of(folder: Path) -> Path:
    (path,) = folder.glob("master-*.key")
    return path


def change(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "ring.sqlite3")) as store, store:
        store.execute(sql)


def test_keys_are_made_once_and_stay(folder: Path) -> None:
    with ring_in(folder) as ring:
        first = ring.ensure([CHILD, ""])
        assert ring.ensure([CHILD]) == {CHILD: first[CHILD]}
    with ring_in(folder, rows=True) as ring:
        assert ring.ensure([CHILD, ""]) == first
        assert ring.load(CHILD) == first[CHILD]
        assert ring.prove() == (2, 0)
    assert first[CHILD].key != first[""].key
    assert first[CHILD].key.hex() not in repr(first)


def test_two_organisations_have_keys_of_their_own(folder: Path) -> None:
    with ring_in(folder) as here, ring_in(folder, organisation="Elsewhere") as there:
        assert here.ensure([CHILD]) != there.ensure([CHILD])


@pytest.mark.fault
def test_another_master_key_refuses_to_start_and_says_which(folder: Path, tmp_path: Path) -> None:
    with ring_in(folder):
        expected = master_of(folder).stem.removeprefix("master-")
    with ring_in(tmp_path / "other"):
        found = master_of(tmp_path / "other")
    master_of(folder).unlink()
    found.rename(folder / found.name)
    with pytest.raises(MasterKeyWrong) as caught, ring_in(folder):
        pass
    assert (caught.value.expected, caught.value.found) == (expected, found.stem.removeprefix("master-"))
    assert expected in str(caught.value)


@pytest.mark.fault
def test_a_master_key_under_a_wrong_name_is_found_out(folder: Path, tmp_path: Path) -> None:
    with ring_in(folder), ring_in(tmp_path / "other"):
        other = master_of(tmp_path / "other")
    master_of(folder).write_bytes(other.read_bytes())
    with pytest.raises(MasterKeyWrong) as caught, ring_in(folder):
        pass
    assert caught.value.found == other.stem.removeprefix("master-")


@pytest.mark.fault
def test_no_master_key_is_never_replaced_by_a_new_one(folder: Path) -> None:
    with ring_in(folder):
        pass
    master_of(folder).unlink()
    with pytest.raises(MasterKeyWrong, match="found is none"), ring_in(folder):
        pass
    assert not list(folder.glob("master-*"))


@pytest.mark.fault
def test_a_missing_ring_is_refused_while_sealed_rows_exist(folder: Path) -> None:
    with ring_in(folder):
        pass
    (folder / "ring.sqlite3").unlink()
    with pytest.raises(KeyRingMissing), ring_in(folder, rows=True):
        pass
    with ring_in(folder) as ring:
        assert ring.state().master == master_of(folder).stem.removeprefix("master-")


def test_rotation_keeps_every_key_and_the_old_master_opens_nothing(folder: Path) -> None:
    with ring_in(folder) as ring, ring_in(folder) as running:
        before = ring.ensure([CHILD, ""])
        running.ensure([CHILD])
        old, new, _ = ring.rotate()
        assert ring.ensure([CHILD, ""]) == before
        assert ring.prove() == (2, 0)
        assert running.ensure([CHILD, "b" * 32])[CHILD] == before[CHILD]
        state = ring.state()
        assert (state.master, state.retired, state.form, state.keys) == (new, (old,), PLAIN, 3)
    with ring_in(folder, rows=True) as ring:
        assert ring.load(CHILD) == before[CHILD]
    (retired,) = folder.glob("*.retired")
    master_of(folder).unlink()
    retired.rename(folder / retired.name.removesuffix(".retired"))
    with pytest.raises(MasterKeyWrong) as caught, ring_in(folder):
        pass
    assert (caught.value.expected, caught.value.found) == (new, old)


def test_every_data_key_is_wrapped_by_the_new_master(folder: Path) -> None:
    with ring_in(folder) as ring:
        ring.ensure(f"{number:032x}" for number in range(1200))
        new = ring.rotate().new
    with closing(sqlite3.connect(folder / "ring.sqlite3")) as store:
        assert store.execute("SELECT DISTINCT master FROM data_keys").fetchall() == [(new,)]


@pytest.mark.kill
@pytest.mark.parametrize("cut", ["before the commit", "after the commit"])
def test_a_rotation_that_was_cut_short_loses_nothing(folder: Path, cut: str) -> None:
    with ring_in(folder) as ring:
        before = ring.ensure([CHILD])
        if cut == "before the commit":
            Secrets(folder, tool=None).create("master-0123456789abcdef", bytes(32))
        else:
            ring.rotate()
            (retired,) = folder.glob("*.retired")
            retired.rename(folder / retired.name.removesuffix(".retired"))
    with ring_in(folder) as ring:
        assert ring.ensure([CHILD]) == before
        assert len(ring.state().retired) == (cut == "after the commit")


@pytest.mark.fault
def test_a_damaged_key_is_counted_and_stops_no_rotation(folder: Path) -> None:
    with ring_in(folder) as ring:
        ring.ensure([CHILD, "b" * 32])
        change(folder, f"UPDATE data_keys SET wrapped = zeroblob(60) WHERE subject = '{CHILD}'")
        assert ring.prove() == (1, 1)
        with pytest.raises(SealBroken):
            ring.load(CHILD)
        assert ring.rotate().broken == 1
        assert ring.prove() == (1, 1)
        assert CHILD not in ring.find([CHILD])
        assert ring.ensure([CHILD])[CHILD].number == 2


@pytest.mark.fault
def test_a_key_moved_to_another_subject_does_not_open(folder: Path) -> None:
    with ring_in(folder) as ring:
        ring.ensure([CHILD])
        change(folder, f"UPDATE data_keys SET subject = 'c' WHERE subject = '{CHILD}'")
        with pytest.raises(SealBroken):
            ring.load("c")


def test_destroyed_keys_are_gone_from_the_file(folder: Path) -> None:
    with ring_in(folder) as ring:
        ring.ensure([CHILD])
        with closing(sqlite3.connect(folder / "ring.sqlite3")) as store:
            ((wrapped,),) = store.execute("SELECT wrapped FROM data_keys").fetchall()
        ring.destroy(CHILD)
        assert ring.load(CHILD) is None
        assert ring.ensure([CHILD])[CHILD].number == 2
        assert (ring.state().keys, ring.state().destroyed) == (1, 1)
    assert all(wrapped not in path.read_bytes() for path in folder.iterdir())


@pytest.mark.fault
def test_a_ring_that_can_not_be_read_is_unavailable(folder: Path) -> None:
    with ring_in(folder) as ring:
        change(folder, "DROP TABLE data_keys")
        with pytest.raises(StoreUnavailable, match="key ring"):
            ring.ensure([CHILD])


def test_two_collectors_share_a_ring_on_postgresql(folder: Path, cluster: Cluster) -> None:
    url = cluster.url(cluster.new_database())
    subjects = [f"{number:032x}" for number in range(50)]
    start = threading.Barrier(2)

    def ensure(ring: KeyRing) -> dict[str, DataKey]:
        start.wait(timeout=10)
        return ring.ensure(subjects)

    with ring_in(folder, url=url) as one, ring_in(folder, url=url) as two:
        with ThreadPoolExecutor(2) as threads:
            first, second = threads.map(ensure, (one, two))
        assert first == second
        one.rotate()
        assert two.ensure(subjects) == first
        two.destroy(subjects[0])
        assert one.load(subjects[0]) is None
        assert one.prove() == (49, 0)
        assert (one.state().keys, one.state().destroyed) == (49, 1)


@pytest.mark.fault
def test_two_masters_in_use_are_refused_and_named(folder: Path) -> None:
    with ring_in(folder) as ring:
        first = ring.state().master
        change(
            folder, "INSERT INTO masters SELECT 'ffffffffffffffff', created_at, NULL, \"check\" FROM masters"
        )
        with pytest.raises(MasterKeyAmbiguous, match="2 master keys") as caught:
            ring.ensure([CHILD])
    assert caught.value.found == [first, "f" * 16]
    with pytest.raises(MasterKeyAmbiguous), ring_in(folder):
        pass


@pytest.mark.parametrize("tables", [False, True])
def test_first_starts_at_once_on_postgresql_make_one_master(
    folder: Path, cluster: Cluster, *, tables: bool
) -> None:
    url = cluster.url(cluster.new_database("template1"))
    if tables:
        engine = writing_engine(url)
        ring_metadata.create_all(engine)
        engine.dispose()
    starters = 6
    start = threading.Barrier(starters)

    def first_start(_: int) -> tuple[str, DataKey]:
        start.wait(timeout=10)
        with ring_in(folder, url=url) as ring:
            return ring.state().master, ring.ensure([CHILD])[CHILD]

    with ThreadPoolExecutor(starters) as threads:
        found = list(threads.map(first_start, range(starters)))
    assert found == [found[0]] * starters
    assert master_of(folder).stem == f"master-{found[0][0]}"


def test_keys_are_found_while_another_process_rotates_on_postgresql(folder: Path, cluster: Cluster) -> None:
    url = cluster.url(cluster.new_database())
    with ring_in(folder, url=url) as one, ring_in(folder, url=url) as two:
        before = two.ensure([CHILD])
        with ThreadPoolExecutor(1) as threads:
            rotations = threads.submit(lambda: [one.rotate() for _ in range(20)])
            while not rotations.done():
                assert two.ensure([CHILD]) == before
            rotations.result()
