"""What is made before anything is served, and that a second time finds it."""

from lamplighter_collector.bundles.shelf import newest_bundle
from lamplighter_collector.preparing import prepare
from lamplighter_keywords.policy.device_policy import DevicePolicy, policy_document

from tests.collector.terminal import Terminal


def test_the_first_time_makes_it_and_the_second_finds_it(terminal: Terminal) -> None:
    config, engine = terminal.config, terminal.engine
    first = prepare(config, engine, policy=policy_document(DevicePolicy(silent_days=30)))
    first.seals.close()
    again = prepare(config, engine, policy=policy_document(DevicePolicy(silent_days=60)))
    again.seals.close()
    assert (again.revision, again.authority.pin) == (first.revision, first.authority.pin)
    with engine.begin() as connection:
        assert newest_bundle(connection, config.organisation).policy.silent_days == 30
