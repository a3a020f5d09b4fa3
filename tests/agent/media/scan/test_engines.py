"""All engines that an order asks for count, each with its own fault."""

from dataclasses import replace
from pathlib import Path

from lamplighter_agent.media.scan.engines import Engines
from lamplighter_agent.media.scan.outcome import Reason, ScanLimits

from tests.support.clamav import Clamd
from tests.support.scanned import order

RULE = 'rule Lumen { strings: $mark = "LUMEN_YARA_MARK" condition: $mark }\n'


def test_it_is_fit_where_each_is_and_has_a_session_with_each(clamd: Clamd, tmp_path: Path) -> None:
    (tmp_path / "ours.yar").write_text(RULE, encoding="utf-8")
    for rules, count in (("", 1), (str(tmp_path), 2)):
        engines = Engines(order(clamd.socket, tmp_path, rules=rules))
        ready = engines.readiness()
        assert (ready.reason, ready.engine.split()[0]) == (Reason.CLEAN, "ClamAV")
        sessions = engines.sessions()
        assert len(sessions) == count
        for session in sessions:
            session.close()


def test_what_is_not_fit_is_named_and_clamd_comes_first(clamd: Clamd, tmp_path: Path) -> None:
    (tmp_path / "ours.yar").write_text("rule {", encoding="utf-8")
    broken = order(clamd.socket, tmp_path, rules=str(tmp_path))
    assert Engines(broken).readiness().reason is Reason.RULES_UNFIT
    missing = replace(broken, clamd=str(tmp_path / "none"))
    assert Engines(missing).readiness().reason is Reason.ENGINE_MISSING
    old = order(clamd.socket, tmp_path, limits=ScanLimits(stale_days=-2))
    assert Engines(old).readiness().reason is Reason.SIGNATURES_STALE
