from pathlib import Path

import pytest
from lamplighter_agent.errors import ConfigError
from lamplighter_agent.sole import NAME, sole_user


def test_a_second_user_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    with sole_user(tmp_path), pytest.raises(ConfigError, match=r"paths\.state: another service"):
        sole_user(tmp_path).__enter__()
    with sole_user(tmp_path):
        assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match=r"paths\.state"):
        sole_user(tmp_path).__enter__()
