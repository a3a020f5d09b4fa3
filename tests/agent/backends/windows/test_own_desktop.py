"""Whether our desktop is on the screen; what Windows itself says of it is asked under wine."""

from lamplighter_agent.backends.windows.own_desktop import OwnDesktop


def test_where_it_can_t_be_asked_it_counts_as_away() -> None:
    # There is no Windows here to ask.
    assert not OwnDesktop().in_front()
