"""A release is whole or none."""

from pathlib import Path

import pytest

from installers.release.build import Step, StepFailed, run, steps


def test_the_first_fault_ends_it_and_is_named() -> None:
    done: list[str] = []

    def fail() -> None:
        raise OSError("disk full")

    wanted = [
        Step(name="wheels", make=lambda: done.append("wheels")),
        Step(name="agent .deb", make=fail),
        Step(name="agent .rpm", make=lambda: done.append("rpm")),
    ]
    with pytest.raises(StepFailed, match=r"^agent \.deb: disk full$"):
        run(wanted)
    assert done == ["wheels"]


def test_every_artefact_has_a_step_and_a_program_is_judged_before_it_is_packed(tmp_path: Path) -> None:
    names = [one.name for one in steps(tmp_path, tmp_path, organisation="A", team="A1B2C3D4E5")]
    assert {"wheels", "macOS lists", "agent .deb", "agent .rpm", "collector .deb"} <= set(names)
    assert names.index("agent program") < names.index("agent .deb")
    assert names.index("collector program") < names.index("collector .deb")
