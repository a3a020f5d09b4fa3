import pytest
from lamplighter_agent.backends.macos._proc import ProcessFacts
from lamplighter_agent.backends.macos.process_condition import STOPPED, TRACED, condition_of
from lamplighter_agent.backends.ports import ProcessCondition

SLEEPS = 3


@pytest.mark.parametrize(
    ("facts", "condition"),
    [
        (ProcessFacts(parent=1, status=SLEEPS, flags=0), ProcessCondition.FINE),
        (ProcessFacts(parent=1, status=STOPPED, flags=0), ProcessCondition.STOPPED),
        (ProcessFacts(parent=1, status=SLEEPS, flags=TRACED | 16), ProcessCondition.TRACED),
        # Who traces stops, too.
        (ProcessFacts(parent=1, status=STOPPED, flags=TRACED), ProcessCondition.TRACED),
        (None, ProcessCondition.FINE),
    ],
)
def test_the_kernel_s_word_on_a_helper(facts: ProcessFacts | None, condition: ProcessCondition) -> None:
    assert condition_of(7, facts=lambda _: facts) is condition
