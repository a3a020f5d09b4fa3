"""The second engine, where it is installed; these run without clamd but for the last."""

import os
from pathlib import Path

import pytest
from lamplighter_agent.media.scan.outcome import Reason
from lamplighter_agent.media.scan.yara import Yara

from tests.support.clamav import Clamd
from tests.support.scanned import order, scan_as_told

RULE = 'rule Lumen { strings: $mark = "LUMEN_YARA_MARK" condition: $mark }\n'


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "ours.yar").write_text(RULE, encoding="utf-8")
    (folder / "readme.txt").write_text("no rule", encoding="utf-8")
    return folder


def judged(engine: Yara, content: bytes) -> Reason:
    session = engine.session()
    copy = os.memfd_create("", os.MFD_CLOEXEC)
    os.write(copy, content)
    try:
        return session.end(session.begin(copy))
    finally:
        os.close(copy)
        session.close()


def test_a_rule_that_matches_is_malware(rules: Path) -> None:
    engine = Yara(str(rules))
    assert engine.readiness().reason is Reason.CLEAN
    assert judged(engine, b"words") is Reason.CLEAN
    assert judged(engine, b"a LUMEN_YARA_MARK b") is Reason.MALWARE


def test_rules_that_can_t_be_read_make_it_unfit(rules: Path, tmp_path: Path) -> None:
    (rules / "broken.yara").write_text("rule {", encoding="utf-8")
    assert Yara(str(rules)).readiness().reason is Reason.RULES_UNFIT
    assert Yara(str(tmp_path / "none")).readiness().reason is Reason.RULES_UNFIT


def test_it_adds_to_what_clamd_finds(clamd: Clamd, rules: Path, tmp_path: Path) -> None:
    medium = tmp_path / "medium"
    medium.mkdir()
    (medium / "a.doc").write_bytes(b"words")
    assert scan_as_told(order(clamd.socket, medium, rules=str(rules))).reason is Reason.CLEAN
    (medium / "b.doc").write_bytes(b"LUMEN_YARA_MARK")
    assert scan_as_told(order(clamd.socket, medium)).reason is Reason.CLEAN
    outcome = scan_as_told(order(clamd.socket, medium, rules=str(rules)))
    assert (outcome.reason, outcome.infected) == (Reason.MALWARE, 1)
    # Without clamd it is not enough.
    assert scan_as_told(order(tmp_path / "none", medium, rules=str(rules))).reason is Reason.ENGINE_MISSING
    (rules / "broken.yar").write_text("rule {", encoding="utf-8")
    assert scan_as_told(order(clamd.socket, medium, rules=str(rules))).reason is Reason.RULES_UNFIT
