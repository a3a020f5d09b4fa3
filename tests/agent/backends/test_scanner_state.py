"""What a scanner says of itself: whether it works, by what, and what to do."""

import pytest
from lamplighter_agent.backends.scanner_state import clamav_remedies, state_of
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome

REMEDIES = clamav_remedies(install="install it", daemon="clamd", updater="freshclam")
# 21 November 2026, noon.
SIGNATURES_AT = 1_795_262_400_000
# Of the engine, and of what runs the scan: no medium is asked about.
FAULTS = (
    *(Reason.ENGINE_MISSING, Reason.ENGINE_HUNG, Reason.ENGINE_FAILED, Reason.ENGINE_UNFIT),
    *(Reason.RULES_UNFIT, Reason.SIGNATURES_MISSING, Reason.SIGNATURES_STALE),
    *(Reason.SCANNER_FAILED, Reason.SCANNER_HUNG, Reason.OUT_OF_MEMORY),
)


def test_an_engine_that_is_fit_works_and_says_how_old_its_signatures_are() -> None:
    fit = ScanOutcome(reason=Reason.CLEAN, engine="ClamAV 1.4.6", signatures_at=SIGNATURES_AT)
    state = state_of(fit, "ClamAV", REMEDIES)
    assert (state.working, state.reason, state.remedy) == (True, "", "")
    assert state.backend == "ClamAV 1.4.6, signatures of 2026-11-21"


@pytest.mark.parametrize("reason", FAULTS)
def test_each_fault_has_its_reason_and_a_remedy(reason: Reason) -> None:
    state = state_of(ScanOutcome(reason=reason), "ClamAV", REMEDIES)
    assert (state.working, state.backend) == (False, "ClamAV")
    assert state.reason
    assert "-" not in state.reason
    assert "unfit" not in state.reason
    assert state.remedy


def test_remedies_name_the_programs_as_the_system_calls_them() -> None:
    assert REMEDIES[Reason.ENGINE_MISSING] == "install it"
    assert "freshclam" in REMEDIES[Reason.SIGNATURES_STALE]
    assert "clamd" in REMEDIES[Reason.ENGINE_HUNG]
