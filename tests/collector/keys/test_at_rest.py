"""What a thief of the disk finds: nothing that anybody wrote or is called, on either database.

Each kind of file is searched in the ways in which text hides: UTF-8, UTF-16 in both orders, hexadecimal, and
base64 in its three alignments. Control strings, which may be there and are, show that the search finds what
is to be found; a planted text shows that it finds it in every disguise.
"""

import base64
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from lamplighter_collector.audit.services import WHY, AuditEntry, append
from lamplighter_collector.devices.register import Entry, enter
from lamplighter_collector.grouping.routing import Routes
from lamplighter_collector.ingest.privacy import Privacy
from lamplighter_collector.ingest.services import SqlStore
from lamplighter_collector.keys.sealing import Seals
from lamplighter_collector.keys.services import open_seals
from lamplighter_collector.people.accounts import Accounts, NewAccount
from lamplighter_collector.people.person import Person
from lamplighter_collector.people.roles import Role
from lamplighter_collector.review.deciding import Deciding, Stamp
from lamplighter_collector.review.models import incidents
from lamplighter_collector.review.outcomes import Answers, Outcome
from lamplighter_collector.review.services import reveal
from lamplighter_collector.review.states import State
from lamplighter_protos.v1 import detection_pb2
from sqlalchemy import make_url

from tests.collector.items import LAPTOP, made
from tests.collector.postgresql import Cluster, programs
from tests.collector.stores import rows
from tests.collector.terminal import Terminal, terminal_over
from tests.support.collector import ORGANISATION

SECRETS = {
    "matched words": "quillfeather vortex",
    "words before": "thimble orchard ",
    "words after": " gravel lantern",
    "matched title": "marzipan telescope",
    "account name": "thessaly.brandreth",
    "reason in the audit": "asked by her aunt Philippa",
    "note of a decision": "spoke with Thessaly at noon",
    "login": "isolde.wintergreen",
    "name of somebody who signs in": "Isolde Wintergreen-Ash",
    "who attests ownership": "Barnaby Quicksilver",
}
CONTROLS = ("self-harm", "lap-17", "Text editor", "words-shown", "account-added")
PERSON = Person(account="wren", name="Wren", roles=frozenset({Role.DSL}))


def disguises(text: str) -> Iterator[bytes]:
    """Every form in which the text could lie in a file; of base64 what does not depend on its neighbours."""
    raw = text.encode()
    for plain in (raw, text.encode("utf-16-le"), text.encode("utf-16-be")):
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for shift in range(3):
            yield base64.b64encode(bytes(shift) + plain)[4 if shift else 0 : -4]


def found_in(contents: dict[str, bytes], text: str) -> list[str]:
    forms = list(disguises(text))
    return [name for name, content in contents.items() if any(form in content for form in forms)]


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def fill(terminal: Terminal, seals: Seals) -> None:
    """All that the store keeps of people, written as the collector writes it."""
    privacy = Privacy(seals)
    evidence = detection_pb2.Evidence(
        before=SECRETS["words before"], matched=SECRETS["matched words"], after=SECRETS["words after"]
    )
    title = detection_pb2.Evidence(matched=SECRETS["matched title"])
    name = SECRETS["account name"]
    SqlStore(terminal.engine).accept(
        [
            made(privacy, user=name, evidence=evidence, application="Text editor"),
            made(privacy, user=name, evidence=title, source=detection_pb2.SOURCE_WINDOW_TITLE),
        ]
    )
    ((incident,),) = rows(terminal.engine, incidents, "id")
    words = reveal(terminal.engine, ORGANISATION, incident, person=PERSON, seals=seals)
    assert {SECRETS["matched words"], SECRETS["matched title"]} == {word.matched for word in words or ()}
    why = seals.seal("", WHY, SECRETS["reason in the audit"])
    with terminal.engine.begin() as connection:
        append(connection, AuditEntry(organisation=ORGANISATION, actor="a", verb="v", object="o", why=why))
    answers = Answers(
        outcome=Outcome.NO_CONCERN,
        state=State.NO_CONCERN,
        reason="media",
        texts={"note": SECRETS["note of a decision"]},
    )
    deciding = Deciding(terminal.engine, ORGANISATION, seals, routes=lambda _: Routes())
    assert deciding.decide(PERSON, incident, answers, stamp=Stamp(version=0, nonce="n"))


def fill_people(terminal: Terminal, seals: Seals) -> None:
    """Who signs in, and who attests that a device is the school's."""
    account = NewAccount(
        login=SECRETS["login"],
        name=SECRETS["name of somebody who signs in"],
        roles=frozenset({Role.DSL}),
        password="a hash",
    )
    attester = bytes(seals.seal("", "devices.attester", SECRETS["who attests ownership"]))
    with terminal.engine.begin() as connection:
        Accounts(ORGANISATION, seals).add(connection, account, actor="console")
        enter(connection, Entry(name=LAPTOP, group="g", attester=attester, serial="5", not_after=9), 5)


def stolen(terminal: Terminal, folder: Path, cluster: Cluster) -> list[Path]:
    """The database and its log as they lie there while it runs; a backup; the key ring; all of the state."""
    url = make_url(terminal.config.store_url)
    if url.get_backend_name() == "sqlite":
        with (
            closing(sqlite3.connect(url.database or "")) as store,
            closing(sqlite3.connect(folder / "backup")) as backup,
        ):
            store.backup(backup)
        return everything(folder)
    with cluster.connect() as connection:
        connection.execute("CHECKPOINT")
    dump = subprocess.run(
        [programs() / "pg_dump", "-h", cluster.folder, "-U", url.username or "", url.database or ""],
        check=True,
        capture_output=True,
    )
    (folder / "backup").write_bytes(dump.stdout)
    return everything(cluster.folder) + everything(folder)


def test_nothing_that_is_stored_can_be_read_without_the_master_key(
    store_url: str, tmp_path: Path, cluster: Cluster
) -> None:
    with terminal_over(tmp_path, store_url) as terminal:
        seals = open_seals(terminal.config, terminal.engine)
        fill(terminal, seals)
        fill_people(terminal, seals)
        files = stolen(terminal, tmp_path, cluster)
        contents = {str(file): file.read_bytes() for file in files}
        seals.close()
    named = {Path(name).name for name, content in contents.items() if content}
    assert named >= {"backup", "ring.sqlite3", "ring.sqlite3-wal"}
    # The control strings are in the backup, and in what the running store writes by itself.
    own = "/store.sqlite3-wal" if store_url.startswith("sqlite") else "/base/"
    for control in CONTROLS:
        places = found_in(contents, control)
        assert any(place.endswith("backup") for place in places), control
        assert any(own in place for place in places), control
    for what, secret in SECRETS.items():
        assert found_in(contents, secret) == [], what


@pytest.mark.parametrize("secret", SECRETS.values())
def test_the_search_finds_every_disguise(secret: str) -> None:
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        for filler in (b"", b"x", b"xy"):
            plain = filler + secret.encode(encoding) + b"z"
            for content in (plain, plain.hex().encode(), base64.b64encode(plain)):
                assert found_in({"planted": b"\0\1" + content}, secret)
