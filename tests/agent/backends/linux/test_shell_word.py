"""What counts as one value said over the bus."""

import pytest
from dbus_fast import Variant
from lamplighter_agent.backends.linux._shell_word import flag_in, value_in


@pytest.mark.parametrize("body", [[], [True, False], [1], ["true"], [Variant("i", 1)], [None]])
def test_only_one_truth_value_is_one(body: list[object]) -> None:
    assert flag_in(body) is None


def test_a_variant_is_opened() -> None:
    assert flag_in([Variant("b", True)]) is True
    assert flag_in([False]) is False
    assert value_in([Variant("as", ["a"])]) == ["a"]
