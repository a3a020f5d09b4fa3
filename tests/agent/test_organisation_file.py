from pathlib import Path

import pytest
from lamplighter_agent import organisation_file


def test_it_lies_beside_the_socket_and_says_the_name(tmp_path: Path) -> None:
    path = organisation_file.path_beside(tmp_path / "service.sock")
    assert path.parent == tmp_path
    with pytest.raises(FileNotFoundError):
        organisation_file.read(path)
    path.write_text("Ysgol Bryn Derw", encoding="utf-8")
    assert organisation_file.read(path) == "Ysgol Bryn Derw"
