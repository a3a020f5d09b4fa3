import asyncio
from pathlib import Path

import pytest
from lamplighter_collector.errors import StoreUnavailable
from lamplighter_collector.ingest import privacy as privacy_module
from lamplighter_collector.ingest.detection import Detection, Evidence
from lamplighter_collector.ingest.mapping import item_from
from lamplighter_collector.ingest.privacy import EVIDENCE, NAME, Privacy, words_of
from lamplighter_collector.keys.sealing import Seals

from tests.collector.items import LAPTOP
from tests.support.collector import ORGANISATION, detection
from tests.support.sealed import KeysInMemory, ring_in, seals_in

WORDS = Evidence(before="before ", matched="zebra lantern", after="")


@pytest.fixture
def seals() -> Seals:
    return Seals(KeysInMemory(), ORGANISATION)


def made(user: str = "pupil07") -> Detection:
    item = item_from(detection(user=user).SerializeToString(), LAPTOP)
    assert isinstance(item, Detection)
    return item


async def test_a_batch_is_made_ready_before_it_is_sealed(seals: Seals) -> None:
    privacy = Privacy(seals)
    subjects = {privacy.subject_of(user) for user in ("a", "b")}
    assert not any(map(seals.ready, subjects))
    await asyncio.gather(privacy.prepare([made("a"), "a refusal"]), privacy.prepare([made("a"), made("b")]))
    assert all(map(seals.ready, subjects))
    await privacy.prepare([made("")])


@pytest.mark.fault
async def test_a_master_key_that_vanishes_is_a_store_to_wait_for(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    with seals_in(tmp_path) as seals:
        with ring_in(keys) as other:
            other.rotate()
        (master,) = keys.glob("master-*.key")
        master.rename(tmp_path / master.name)
        with pytest.raises(StoreUnavailable, match="master key"):
            await Privacy(seals).prepare([made()])
        (tmp_path / master.name).rename(master)
        await Privacy(seals).prepare([made()])


def test_words_are_one_field_under_their_subjects_key(seals: Seals) -> None:
    privacy = Privacy(seals)
    subject = privacy.subject_of("pupil07")
    sealed = privacy.sealed(WORDS, subject)
    assert sealed is not None
    assert words_of(seals.open(subject, EVIDENCE, sealed)) == WORDS
    assert privacy.sealed(Evidence(before="", matched="", after=""), subject) is None
    assert words_of("strange") == Evidence(before="", matched="strange", after="")


def test_a_subject_is_introduced_by_the_same_row_each_time(seals: Seals) -> None:
    privacy = Privacy(seals)
    subject = privacy.subject_of("pupil07")
    row = privacy.introduction(made(), subject, 5)
    assert row is not None
    assert row is privacy.introduction(made(), subject, 9)
    assert isinstance(row[3], bytearray)
    assert seals.open(subject, NAME, row[3]) == "pupil07"
    assert privacy.introduction(made(""), "", 5) is None


def test_what_is_kept_in_memory_is_bounded(seals: Seals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy_module, "_SUBJECTS_KEPT", 3)
    privacy = Privacy(seals)
    for number in range(20):
        user = f"pupil{number}"
        assert privacy.introduction(made(user), privacy.subject_of(user), 5) is not None
    assert len(privacy._subjects) <= 3
    assert len(privacy._introductions) <= 3
