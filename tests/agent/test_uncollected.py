import gc

from lamplighter_agent.uncollected import uncollected


def test_the_collector_of_rubbish_rests_only_meanwhile() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
