"""What does not need Windows of how files are kept there."""

from pathlib import Path

import pytest
from lamplighter_agent.backends.windows.disk import replace


class Held(type(Path())):  # type: ignore[misc]
    """A file whose place somebody holds open for so many tries."""

    tries = 0

    def replace(self, target: Path) -> Path:
        type(self).tries -= 1
        if type(self).tries >= 0:
            raise PermissionError(13, "held")
        return Path(super().replace(target))


@pytest.mark.parametrize(("held", "replaced"), [(0, True), (4, True), (5, False)])
def test_a_file_that_somebody_reads_just_now_is_replaced_a_moment_later(
    tmp_path: Path,
    held: int,
    replaced: bool,  # noqa: FBT001
) -> None:
    (tmp_path / "old").write_text("old")
    (tmp_path / "new").write_text("new")
    Held.tries = held
    if replaced:
        replace(Held(tmp_path / "new"), tmp_path / "old")
    else:
        with pytest.raises(PermissionError):
            replace(Held(tmp_path / "new"), tmp_path / "old")
    assert (tmp_path / "old").read_text() == ("new" if replaced else "old")
