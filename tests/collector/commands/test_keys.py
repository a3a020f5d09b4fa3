from pathlib import Path

import pytest
from lamplighter_collector.audit.models import audit
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.keys.services import open_ring, open_seals
from sqlalchemy import select, update

from tests.collector.stores import rows
from tests.collector.terminal import Terminal


def proof(terminal: Terminal) -> dict[str, tuple[int, int, int]]:
    answer = terminal.run("keys", "prove", "--json")
    assert answer.code == any(one["broken"] for one in answer.json)
    return {one["what"]: (one["sound"], one["broken"], one["erased"]) for one in answer.json}


def test_prove_opens_every_key_and_every_field(filled: Terminal) -> None:
    found = proof(filled)
    assert found["data_keys"] == (4, 0, 0)
    assert found["detections.evidence"] == found["subjects.name"] == found["audit.why"] == (2, 0, 0)


@pytest.mark.fault
def test_prove_counts_what_can_not_be_opened_and_ends_with_1(filled: Terminal) -> None:
    with filled.engine.begin() as connection:
        first = connection.scalars(select(detections.c.id).limit(1)).one()
        broken = update(detections).where(detections.c.id == first).values(evidence=b"x" * 60)
        connection.execute(broken)
    found = proof(filled)
    assert found["detections.evidence"] == (1, 1, 0)
    assert found["subjects.name"] == (2, 0, 0)


def test_what_was_erased_on_purpose_is_no_failure(filled: Terminal) -> None:
    seals = open_seals(filled.config, filled.engine)
    seals.destroy(seals.pseudonym("subject", "pupil07"))
    seals.close()
    found = proof(filled)
    assert found["data_keys"] == (3, 0, 1)
    assert found["detections.evidence"] == found["subjects.name"] == (1, 0, 1)
    assert found["audit.why"] == (2, 0, 0)


@pytest.mark.fault
def test_a_broken_index_key_is_counted_and_no_new_one_is_made(filled: Terminal) -> None:
    ring = open_ring(filled.config)
    with ring._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE data_keys SET wrapped = zeroblob(60) WHERE subject = 'index'")
    ring.close()
    assert proof(filled) == {"data_keys": (3, 1, 0)}
    assert filled.run("audit", "list", "--open").code == 2


def test_rotation_keeps_all_readable_and_is_on_record(filled: Terminal) -> None:
    before, content = proof(filled), rows(filled.engine, detections, "evidence")
    old = filled.run("keys", "show", "--json").json["master"]
    answer = filled.run("keys", "rotate")
    assert answer.code == 0
    shown = filled.run("keys", "show", "--json").json
    assert shown["master"] != old
    assert shown["retired"] == [old]
    assert shown["keys"] == 4
    assert proof(filled) == before
    assert rows(filled.engine, detections, "evidence") == content
    assert rows(filled.engine, audit, "number", "actor", "verb", "object")[-1] == (
        3,
        "console",
        "master-key-rotated",
        old,
    )
    assert "Forgotten" in filled.run("keys", "forget-retired").out
    assert filled.run("keys", "forget-retired").code == 0
    assert filled.run("keys", "show", "--json").json["retired"] == []
    assert proof(filled) == before
    assert filled.run("audit", "verify", "--json").json["rows"] == 4


@pytest.mark.fault
def test_one_damaged_data_key_does_not_keep_a_known_master_key_in_use(filled: Terminal) -> None:
    ring = open_ring(filled.config)
    with ring._engine.begin() as connection:
        of_a_person = "subject = (SELECT max(subject) FROM data_keys WHERE subject NOT IN ('', 'index'))"
        connection.exec_driver_sql(f"UPDATE data_keys SET wrapped = zeroblob(60) WHERE {of_a_person}")
    ring.close()
    old = filled.run("keys", "show", "--json").json["master"]
    answer = filled.run("keys", "rotate")
    assert answer.code == 0
    assert "1 of the data keys can't be opened and stayed as they were" in answer.out
    assert filled.run("keys", "show", "--json").json["retired"] == [old]
    assert proof(filled)["data_keys"] == (3, 1, 0)


@pytest.mark.fault
def test_a_rotation_that_can_not_be_recorded_is_not_done(filled: Terminal) -> None:
    master = filled.run("keys", "show", "--json").json["master"]
    with filled.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE audit")
    assert filled.run("keys", "rotate").code == 2
    assert filled.run("keys", "show", "--json").json["master"] == master


def test_an_exported_master_key_opens_the_store_on_another_machine(filled: Terminal, tmp_path: Path) -> None:
    before = proof(filled)
    answer = filled.run("keys", "export", "--to", str(tmp_path / "safe"))
    assert answer.code == 0
    (exported,) = (tmp_path / "safe").iterdir()
    assert answer.out.startswith(str(exported))
    assert "secret-not-sealed" not in answer.err
    assert exported.stat().st_mode & 0o777 == 0o600
    assert filled.run("keys", "export", "--to", str(tmp_path / "safe")).code == 2
    folder = filled.config.keys.folder
    for lost in folder.glob("master-*"):
        lost.unlink()
    exported.rename(folder / exported.name)
    assert proof(filled) == before
    assert filled.run("status", "--json").json["secrets"][f"keys/{exported.stem}"] == "a file, mode 0600"
    assert rows(filled.engine, audit, "number", "verb")[-1] == (3, "master-key-exported")


@pytest.mark.fault
@pytest.mark.parametrize("verb", ["show", "rotate", "forget-retired", "prove"])
def test_nothing_is_made_where_no_collector_has_started(terminal: Terminal, verb: str) -> None:
    answer = terminal.run("keys", verb)
    assert answer.code == 2
    assert "no collector has run" in answer.err
    assert not terminal.config.keys.folder.exists()


@pytest.mark.fault
@pytest.mark.parametrize("verb", ["show", "rotate", "prove"])
def test_a_wrong_master_key_is_named(filled: Terminal, verb: str) -> None:
    folder = filled.config.keys.folder
    (master,) = folder.glob("master-*")
    master.rename(folder / f"master-0123456789abcdef{master.suffix}")
    answer = filled.run("keys", verb)
    assert answer.code == 2
    assert master.stem.removeprefix("master-") in answer.err
    assert "found is 0123456789abcdef" in answer.err
    assert "zebra" not in answer.out + answer.err
