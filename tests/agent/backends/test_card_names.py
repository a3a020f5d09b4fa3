"""How cards in a reader are named."""

import pytest
from lamplighter_agent.backends.card_names import calls_itself_reader, name_of
from lamplighter_agent.backends.media_ports import Volume


@pytest.mark.parametrize(
    ("names", "is_one"),
    [
        (["Generic", "USB3.0_CRW-SD"], False),
        (["Generic", "Multi-Card"], True),
        (["X", "UHS-II_SD"], True),
        ([], False),
    ],
)
def test_a_reader_is_known_by_what_it_calls_itself(names: list[str], *, is_one: bool) -> None:
    assert calls_itself_reader(names) is is_one


def test_a_card_is_named_by_its_first_file_system_that_has_a_number() -> None:
    volumes = [
        Volume(node="a", file_system="", uuid="0000-0000"),
        Volume(node="b", file_system="vfat", uuid="1A2B"),
    ]
    assert name_of(volumes, 7) == "card-1A2B-7"
    assert name_of(volumes[:1], 7) == ""
