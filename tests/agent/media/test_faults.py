"""What kept a medium from being checked, as far as somebody has to do something else about it."""

import pytest
from lamplighter_agent.media.faults import Fault, fault_of
from lamplighter_agent.media.scan.outcome import Reason, Verdict, verdict_of

# Whatever of these does not work, the medium is not known to be at fault.
ENGINE = {
    *(Reason.ENGINE_MISSING, Reason.ENGINE_HUNG, Reason.ENGINE_FAILED, Reason.ENGINE_UNFIT),
    *(Reason.RULES_UNFIT, Reason.SIGNATURES_MISSING, Reason.SIGNATURES_STALE, Reason.STILL_MOUNTED),
    *(Reason.SCANNER_FAILED, Reason.SCANNER_HUNG, Reason.OUT_OF_MEMORY),
}


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        (Reason.ENCRYPTED_CONTENT, Fault.LOCKED_FILE),
        (Reason.OVER_LIMIT, Fault.TOO_MUCH),
        (Reason.TOO_DEEP, Fault.TOO_MUCH),
        (Reason.FILE_SYSTEM_UNKNOWN, Fault.FILE_SYSTEM),
        (Reason.READ_ERROR, Fault.DAMAGED),
        (Reason.NOT_EJECTED, Fault.NOT_EJECTED),
        (Reason.LINK, Fault.NO_ORDINARY_FILE),
    ],
)
def test_what_people_have_to_do_something_else_about_is_told_apart(reason: Reason, fault: Fault) -> None:
    assert fault_of(reason) is fault


def test_all_that_is_incomplete_is_the_medium_s_or_the_engine_s() -> None:
    incomplete = {reason for reason in Reason if verdict_of(reason) is Verdict.INCOMPLETE}
    assert {reason for reason in incomplete if fault_of(reason) is Fault.SCANNER} == ENGINE
