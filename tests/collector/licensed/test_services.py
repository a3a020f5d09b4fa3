"""Licensed lists in the store: sealed there, opened for devices, and gone when they are taken away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lamplighter_collector.bundles.models import bundles
from lamplighter_collector.bundles.services import Rotation, ensure_published, publish_changed, rotate_root
from lamplighter_collector.bundles.shelf import newest_bundle, read_shelf
from lamplighter_collector.bundles.signing import SigningKeys
from lamplighter_collector.errors import PublicationDamaged, PublicationRefused
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.licensed.services import Lists, changed_parts, open_key, read_lists
from lamplighter_keywords.bundles.bundle import read_bundle, read_manifest
from lamplighter_keywords.bundles.licensed import MOST_LISTS
from lamplighter_keywords.bundles.licensed_part import LICENSED, LICENSED_KEY
from sqlalchemy import Engine, select, update

from tests.keywords.bundles.test_licensed import made
from tests.support.sealed import seals_in

SCHOOL = "Lantern Lane School"
LISTS = (made("quibblefen"), made("mudlark", list_id="partner-2"))


@pytest.fixture
def keys(engine: Engine, tmp_path: Path) -> SigningKeys:
    """Of a store on which `serve` ran once."""
    keys = SigningKeys(tmp_path / "state")
    ensure_published(engine, keys, SCHOOL)
    return keys


@pytest.fixture
def seals(tmp_path: Path) -> Iterator[Seals]:
    with seals_in(tmp_path, SCHOOL) as seals:
        yield seals


def publish(engine: Engine, keys: SigningKeys, seals: Seals, lists: Lists) -> int:
    return publish_changed(
        engine,
        keys,
        SCHOOL,
        lambda store: changed_parts(store, SCHOOL, seals, lambda _: lists),
        actor="console",
    )


def kept(engine: Engine, seals: Seals) -> Lists:
    with engine.begin() as connection:
        return read_lists(connection, SCHOOL, seals)


def rows(engine: Engine) -> dict[int, bool]:
    """Which versions hold licensed lists."""
    query = select(bundles.c.version, bundles.c.licensed, bundles.c.licensed_key, bundles.c.licensed_until)
    with engine.begin() as connection:
        found = connection.execute(query).all()
    assert all((row.licensed is None) == (row.licensed_key is None) for row in found)
    ends = {None, min(one.expires for one in LISTS)}
    assert all(
        row.licensed_until in ends and (row.licensed_until is None) == (row.licensed is None) for row in found
    )
    return {row.version: row.licensed is not None for row in found}


def test_what_was_published_is_what_a_device_opens(engine: Engine, keys: SigningKeys, seals: Seals) -> None:
    assert kept(engine, seals) == ()
    assert publish(engine, keys, seals, LISTS) == 2
    assert kept(engine, seals) == LISTS
    with engine.begin() as connection:
        shelf, root = read_shelf(connection, SCHOOL), newest_bundle(connection, SCHOOL).root
    assert shelf.licensed_key is not None
    parts = {**shelf.parts, LICENSED_KEY: open_key(seals, shelf.licensed_key)}
    assert read_bundle(read_manifest(shelf.manifest, root), root, parts).licensed == LISTS


def test_they_stay_through_other_publications_in_the_newest_version_alone(
    engine: Engine, keys: SigningKeys, seals: Seals
) -> None:
    publish(engine, keys, seals, LISTS)
    publish_changed(engine, keys, SCHOOL, lambda _: {}, actor="console")
    rotate_root(engine, keys, SCHOOL, Rotation(), actor="console")
    assert kept(engine, seals) == LISTS
    assert rows(engine) == {1: False, 2: False, 3: False, 4: True}


def test_what_is_taken_away_is_in_no_version(engine: Engine, keys: SigningKeys, seals: Seals) -> None:
    publish(engine, keys, seals, LISTS)
    publish(engine, keys, seals, LISTS[1:])
    assert kept(engine, seals) == LISTS[1:]
    publish(engine, keys, seals, ())
    assert kept(engine, seals) == ()
    assert not any(rows(engine).values())
    with engine.begin() as connection:
        assert LICENSED not in newest_bundle(connection, SCHOOL).manifest.parts


def test_neither_words_nor_ids_nor_digests_are_in_the_store_as_they_are(
    engine: Engine, keys: SigningKeys, seals: Seals
) -> None:
    publish(engine, keys, seals, LISTS)
    with engine.begin() as connection:
        row = connection.execute(select(bundles).where(bundles.c.version == 2)).one()
    content = b"".join(bytes(value) for value in row if isinstance(value, bytes | memoryview))
    for secret in (b"quibblefen", b"partner", *LISTS[0].entries, LISTS[0].key):
        assert secret not in content


def test_another_key_ring_opens_nothing(
    engine: Engine, keys: SigningKeys, seals: Seals, tmp_path: Path
) -> None:
    publish(engine, keys, seals, LISTS)
    (tmp_path / "other").mkdir()
    with seals_in(tmp_path / "other", SCHOOL) as other, pytest.raises(PublicationDamaged, match="opened"):
        kept(engine, other)


def test_a_part_that_was_changed_is_named(engine: Engine, keys: SigningKeys, seals: Seals) -> None:
    publish(engine, keys, seals, LISTS)
    with engine.begin() as connection:
        connection.execute(update(bundles).where(bundles.c.version == 2).values(licensed=b"something else"))
    with pytest.raises(PublicationDamaged, match="licensed"):
        kept(engine, seals)


def test_too_many_are_refused_and_nothing_is_published(
    engine: Engine, keys: SigningKeys, seals: Seals
) -> None:
    many = tuple(made("quibblefen", list_id=f"partner-{number}") for number in range(MOST_LISTS + 1))
    with pytest.raises(PublicationRefused, match="of at most"):
        publish(engine, keys, seals, many)
    assert rows(engine) == {1: False}
