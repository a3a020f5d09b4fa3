"""The MSI as a file: what cannot be made is said, and what was there before is replaced."""

from pathlib import Path

import pytest

from installers.windows.package import exported, package


def test_every_file_of_the_folder_is_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    for name in ("lamplighter-agent.exe", "_internal/a/b.pyc", "_internal/c.dll"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x" * len(name))
    to = tmp_path / "agent.msi"
    to.write_bytes(b"an older one")
    sizes = {row[2].rpartition("|")[2]: row[3] for row in exported(package(folder, "0.1.0", to), "File").rows}
    assert sizes.pop("agent.toml") != "0"
    assert sizes == {"lamplighter-agent.exe": "21", "b.pyc": "17", "c.dll": "15"}


def test_a_version_that_is_none_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "lamplighter-agent.exe").touch()
    with pytest.raises(ValueError, match="three numbers"):
        package(tmp_path, "0.1.0.dev3", tmp_path / "agent.msi")
    assert not (tmp_path / "agent.msi").exists()
