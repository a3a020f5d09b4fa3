from pathlib import Path

import pytest
from lamplighter_collector.audit.services import WHY, AuditEntry, append
from lamplighter_collector.config import Address, Config, KeysConfig, Listener, WebConfig
from lamplighter_collector.errors import KeyRingMissing
from lamplighter_collector.keys.services import open_seals
from sqlalchemy import Engine

from tests.support.collector import ORGANISATION


def config(folder: Path) -> Config:
    listen = Address(host="127.0.0.1", port=0)
    keys = folder / "state" / "keys"
    return Config(
        organisation=ORGANISATION,
        store_url=f"sqlite:///{folder / 'store.sqlite3'}",
        state=folder / "state",
        keys=KeysConfig(folder=keys, url=f"sqlite:///{keys / 'ring.sqlite3'}"),
        ingest=Listener(listen=listen, public=""),
        enrolment=Listener(listen=listen, public=""),
        web=WebConfig(listen=listen, certificate=None, key=None, names=frozenset()),
    )


def test_seals_of_a_collector_outlive_it_and_are_missed(engine: Engine, tmp_path: Path) -> None:
    seals = open_seals(config(tmp_path), engine)
    why = seals.seal("", WHY, "asked by the head")
    seals.close()
    with engine.begin() as connection:
        append(connection, AuditEntry(organisation=ORGANISATION, actor="a", verb="v", object="o", why=why))
    seals = open_seals(config(tmp_path), engine)
    assert seals.open("", WHY, why) == "asked by the head"
    seals.close()
    config(tmp_path).keys.folder.joinpath("ring.sqlite3").unlink()
    with pytest.raises(KeyRingMissing):
        open_seals(config(tmp_path), engine)
