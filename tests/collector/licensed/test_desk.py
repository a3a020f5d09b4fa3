"""Licensed lists by a collector's command line: what is told, what is on record, and no word anywhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from lamplighter_collector.audit.services import entries
from lamplighter_collector.db.console import reading
from lamplighter_keywords.bundles.bundle import follow_roots, read_bundle, read_manifest
from lamplighter_keywords.bundles.licensed import LicensedLists
from lamplighter_protos.v1 import bundles_pb2 as pb
from typer.testing import Result

from tests.collector.licensed.terms import LICENCE, WORDS, list_file
from tests.collector.terminal import invoked
from tests.journeys.search import contains, files_below
from tests.support.collector import ORGANISATION, Collector, credentials
from tests.support.enrolling import OPTIONS

pytestmark = pytest.mark.usefixtures("grpc_let_go")


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    """One for all tests of this file: each leaves no list behind."""
    with Collector(tmp_path_factory.mktemp("collector")) as running:
        yield running


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """The file that the partner sent, outside of the collector's folder."""
    return list_file(tmp_path / "sent")


def run(collector: Collector, *arguments: str) -> Result:
    return invoked("licensed", *arguments, "--config", str(collector.config))


def answered(collector: Collector, *arguments: str) -> Any:
    done = run(collector, *arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def trail(collector: Collector) -> list[tuple[str, str, str]]:
    with reading(collector.store) as connection:
        links = list(entries(connection, collector.organisation))
    return [(link.actor, link.verb, link.object) for link in links if link.verb.startswith("licensed")]


def test_from_import_to_removal_with_a_record_and_without_words(collector: Collector, sent: Path) -> None:
    before = len(trail(collector))
    taken = answered(collector, "import", str(sent), *LICENCE)
    assert taken["id"] == "partner-1"
    (row,) = answered(collector, "list", "--json")
    expires = row.pop("expires")
    assert row == {"id": "partner-1", "provider": "Example Trust", "entries": 2, "state": "in use"}
    assert expires.startswith("2100-01-01")

    again = run(collector, "import", str(sent), *LICENCE)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "--replace" in again.stderr
    renewed = answered(collector, "import", str(sent), *LICENCE, "--replace")
    assert renewed["version"] == taken["version"] + 1
    assert len(answered(collector, "list", "--json")) == 1

    searched = files_below(collector.folder)
    assert any("sqlite3" in name for name in searched)
    for word in WORDS:
        assert [name for name, content in searched.items() if contains(content, word)] == []

    answered(collector, "remove", "partner-1")
    assert answered(collector, "list", "--json") == []
    assert trail(collector)[before:] == [
        ("console", "licensed-list-imported", "licensed partner-1, 2 entries"),
        ("console", "licensed-list-imported", "licensed partner-1, 2 entries"),
        ("console", "licensed-list-removed", "licensed partner-1"),
    ]


async def test_a_device_gets_the_key_beside_the_signed_part(collector: Collector, sent: Path) -> None:
    answered(collector, "import", str(sent), *LICENCE)
    reply = collector.stranger().enrol(collector.token()["token"], "AV-1")
    (root,) = follow_roots(list(reply.roots), organisation=ORGANISATION, trusted=None)
    files = collector.enrol("AV-2")
    async with grpc.aio.secure_channel(collector.ingest, credentials(files), options=OPTIONS) as channel:
        call: Any = channel.stream_stream("/lamplighter_protos.v1.Bundles/Watch")()
        await call.write(pb.BundleReport(state=pb.BUNDLE_STATE_NONE).SerializeToString())
        offer = pb.BundleOffer.FromString(await call.read())
        call.cancel()
    parts = {part.name: part.content for part in offer.parts}
    (found,) = read_bundle(read_manifest(offer.manifest, root), root, parts).licensed
    assert [one.entry for one in LicensedLists([found]).find([b"mudlarkish", b"fenwicket"])] == [2]
    answered(collector, "remove", "partner-1")


def test_a_new_master_key_opens_them_and_the_proof_counts_them(collector: Collector, sent: Path) -> None:
    answered(collector, "import", str(sent), *LICENCE)
    config = ("--config", str(collector.config))
    assert invoked("keys", "rotate", *config).exit_code == 0
    proved = invoked("keys", "prove", "--json", *config)
    assert proved.exit_code == 0
    assert any("bundles.licensed_key" in str(proof) for proof in json.loads(proved.stdout))
    assert [row["state"] for row in answered(collector, "list", "--json")] == ["in use"]
    shown = invoked("bundles", "show", "--json", *config)
    assert json.loads(shown.stdout)["licensed_lists"] == "sealed"
    answered(collector, "remove", "partner-1")


BAD = [
    (b"quibblefen\n\xff\xfe mudlarkish", "line 2: not UTF-8"),
    (b"quibblefen\n" + b"mudlarkish" * 30, "line 2: more than 200 characters"),
    (b"quibblefen\nmudlarkish\nQUIBBLE-FEN\nMudlarkish", "line 4: the same as line 2"),
    (b"", "there is no term"),
    (b"quibblefen\n" * 2, "line 2: the same as line 1"),
    (b"quibblefen\nfenwicket,5", "line 2: columns"),
    (b"".join(b"quibblefen%d\n" % number for number in range(50_001)), "line 50001: more than 50000"),
]


def test_a_bad_file_is_told_of_by_lines_and_changes_nothing(collector: Collector, tmp_path: Path) -> None:
    before = len(trail(collector))
    for raw, problem in BAD:
        done = run(collector, "import", str(list_file(tmp_path / "sent", raw)), *LICENCE)
        assert (done.exit_code, done.stdout) == (2, "")
        assert f"partner.txt: {problem}" in done.stderr
        assert not any(word in done.stderr for word in WORDS)
    assert len(trail(collector)) == before


def test_a_bad_licence_is_told_of_by_its_option(collector: Collector, sent: Path) -> None:
    def changed(option: str, value: str) -> list[str]:
        licence = list(LICENCE)
        licence[licence.index(option) + 1] = value
        return licence

    for option, value, problem in (
        ("--expires", "2020-01-01", "the licence is over"),
        ("--expires", "soon", "--expires: a day"),
        ("--expires", "9999-12-31", "--expires: a day"),
        ("--theme", "lamps", "--theme: there is no such theme"),
        ("--id", "Partner 1", "an id has"),
        ("--provider", "", "a provider has"),
        ("--severity", "1", "--severity"),
    ):
        done = run(collector, "import", str(sent), *changed(option, value))
        assert done.exit_code == 2
        assert problem in done.stderr
    missing = run(collector, "import", str(sent.parent / "none.txt"), *LICENCE)
    assert "none.txt: No such file" in missing.stderr
    assert "no licensed list of this id" in run(collector, "remove", "partner-9").stderr
    assert answered(collector, "list", "--json") == []
