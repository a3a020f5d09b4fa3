"""What the repository must never contain, and what each source file must have."""

import re
from pathlib import Path

from tests.conftest import BESIDE_OTHERS
from tests.support.sources import ROOT, hand_written, tracked

# Spelled so that this file does not name what it looks for.
REGISTRIES = re.compile(
    "|".join(["py" + "pi[.]org", "python" + "hosted", "npm" + "js[.]", "deb[.]" + "debian"])
)
MACHINE_PATHS = re.compile("/" + "work/(main|shared|steering)|/" + "root/[.]pyenv|/tmp/" + "w/")
FOLDERS = {"agent", "collector", "protos", "keyword_lists", "tests", "installers", ".ci"}


def texts() -> list[tuple[Path, str]]:
    return [(path, (ROOT / path).read_text(encoding="utf-8", errors="replace")) for path in tracked()]


def test_no_registry_is_named() -> None:
    assert [str(path) for path, text in texts() if REGISTRIES.search(text)] == []


def test_no_path_of_a_machine_is_named() -> None:
    assert [str(path) for path, text in texts() if MACHINE_PATHS.search(text)] == []


def test_no_lock_with_addresses() -> None:
    assert not [path for path in tracked() if path.name == "uv.lock"]


def test_top_level_is_as_designed() -> None:
    folders = {path.parts[0] for path in tracked() if len(path.parts) > 1}
    assert folders <= FOLDERS, folders - FOLDERS


def test_platform_is_asked_in_one_place() -> None:
    sources = [path.relative_to(ROOT) for path in hand_written()]
    asks = [
        str(path)
        for path in sources
        if "src" in path.parts and "sys.platform" in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert set(asks) <= {
        f"agent/src/lamplighter_agent/backends/{name}.py"
        for name in ("select", "select_device", "select_files", "select_process")
    } | {"agent/src/lamplighter_agent/select_ground.py"}


def test_every_test_is_run() -> None:
    """`make test` runs by name what runs beside others, and all that is marked `alone`."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (names,) = re.findall(r"^PARTS := (.+)$", makefile, re.MULTILINE)
    run: set[str] = set()
    for name in names.split():
        (folders,) = re.findall(rf"^{name} := (.+)$", makefile, re.MULTILINE)
        listed = re.sub(r"\$\(addprefix tests/,(.+)\)", r"\1", folders).split()
        run |= {one.removeprefix("tests/") for one in listed if not one.startswith("--")}
    assert run - {"collector/web"} == set(BESIDE_OTHERS)
