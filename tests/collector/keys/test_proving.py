import pytest
from lamplighter_collector.db.schema import metadata
from lamplighter_collector.ingest.models import detections
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.keys import proving
from lamplighter_collector.keys.proving import Proof, prove_fields
from sqlalchemy import Engine, select, update

from tests.collector.items import SEALS, arrival
from tests.support.collector import ORGANISATION


def test_every_row_is_met_once_whatever_the_page(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "_PAGE", 7)
    SqlStore(engine).accept([arrival(user=f"pupil{number % 5}") for number in range(40)])
    with engine.begin() as connection:
        some = connection.scalars(select(detections.c.id).order_by(detections.c.id).limit(3)).all()
        connection.execute(update(detections).where(detections.c.id.in_(some)).values(evidence=b"short"))
        found = {
            proof.what: proof
            for proof in prove_fields(connection, ORGANISATION, metadata=metadata, seals=SEALS)
        }
        elsewhere = prove_fields(connection, "Elsewhere", metadata=metadata, seals=SEALS)
    assert found["detections.evidence"] == Proof(what="detections.evidence", sound=37, broken=3, erased=0)
    assert found["subjects.name"].sound == 5
    assert not any(proof.sound or proof.broken for proof in elsewhere)
