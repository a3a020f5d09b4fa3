import json

import pytest
from lamplighter_agent.media.scan.outcome import Reason, ScanOutcome, Verdict, verdict_of

WHOLE = ScanOutcome(
    reason=Reason.CLEAN,
    files=3,
    bytes=70,
    kinds={"document": 2, "other": 1},
    digest="ab" * 32,
    engine="ClamAV 1.4.6",
    signatures_at=1_795_000_000_000,
)


def test_only_two_reasons_are_clean() -> None:
    clean = {reason for reason in Reason if verdict_of(reason) is Verdict.CLEAN}
    assert clean == {Reason.CLEAN, Reason.UNCHANGED}


def test_malware_is_infected_and_a_medium_that_went_is_gone() -> None:
    assert verdict_of(Reason.MALWARE) is Verdict.INFECTED
    assert verdict_of(Reason.MEDIUM_GONE) is verdict_of(Reason.MOUNT_CHANGED) is Verdict.GONE


def test_an_outcome_is_said_and_read_again() -> None:
    assert ScanOutcome.from_json(json.loads(json.dumps(WHOLE.to_json()))) == WHOLE


@pytest.mark.parametrize(
    ("key", "value"),
    [("reason", "fine"), ("files", -1), ("bytes", "7"), ("digest", 7), ("kinds", 7), ("kinds", {"x": -1})],
)
def test_what_is_no_outcome_is_not_read(key: str, value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        ScanOutcome.from_json(WHOLE.to_json() | {key: value})


def test_an_outcome_that_lacks_something_is_not_read() -> None:
    told = WHOLE.to_json()
    del told["infected"]
    with pytest.raises(KeyError):
        ScanOutcome.from_json(told)
