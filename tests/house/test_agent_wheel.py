"""What a pupil's device carries: the agent's wheels alone, with what requirements.lock pins for them.

A shared development environment would hide an undeclared import and a forbidden one alike; only the installed
wheel tells.
"""

import json
import subprocess
from pathlib import Path

import ahocorasick_rs
import pytest
from lamplighter_keywords.shipped import load_shipped
from lamplighter_keywords.terms import Mode

from installers.closure import needed
from installers.quickstart.agent_install import install_agent

FORBIDDEN = ("lamplighter_collector", "sqlalchemy", "alembic", "starlette", "fastapi", "jinja2", "uvicorn")
# Every distribution on a device, by name: a new one is a decision, not an accident.
ON_THE_DEVICE = {
    "ahocorasick-rs",
    "annotated-doc",
    "annotated-types",
    "cffi",
    "cryptography",
    "dbus-fast",
    "grpcio",
    "lamplighter-agent",
    "lamplighter-keywords",
    "lamplighter-protos",
    "markdown-it-py",
    "mdurl",
    "protobuf",
    "psutil",
    "pycparser",
    "pydantic",
    "pydantic-core",
    "pygments",
    "pyopenssl",
    "python-xlib",
    "pyudev",
    "rapidfuzz",
    "rich",
    "shellingham",
    "six",
    "structlog",
    "typer",
    "typing-extensions",
    "typing-inspection",
}
# Shorter ones are found in ordinary sentences.
LONG_ENOUGH = 14
ENOUGH = 1_000
HELPER = """
from lamplighter_agent import session_command, session, session_parts
from lamplighter_agent.local_ipc import client
"""
SERVICE = "from lamplighter_agent import service_command, service, logs"
TELL = """
import json, sys
print(json.dumps(sorted(name for name in sys.modules if sys.modules[name])))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("device") / "agent"
    return install_agent(folder).with_name("python")


def run(python: Path, code: str) -> str:
    done = subprocess.run(
        [str(python), "-I", "-c", code], capture_output=True, text=True, check=True, cwd="/"
    )
    return done.stdout


def loaded(python: Path, imports: str) -> set[str]:
    """Return the modules that a process has after these imports, started as `__main__` starts it."""
    lean = "from lamplighter_agent.lean import do_without; do_without()"
    found: list[str] = json.loads(run(python, f"{lean}\n{imports}\n{TELL}"))
    return set(found)


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_nothing_of_the_collector_is_on_a_device(python: Path) -> None:
    code = f"import importlib.util; print([n for n in {FORBIDDEN!r} if importlib.util.find_spec(n)])"
    assert run(python, code).strip() == "[]"


def test_what_is_installed_is_known_by_name(python: Path) -> None:
    code = "from importlib import metadata; print(*sorted({d.name for d in metadata.distributions()}))"
    installed = {name.lower().replace("_", "-") for name in run(python, code).split()}
    assert installed <= ON_THE_DEVICE, installed - ON_THE_DEVICE
    assert needed("lamplighter-agent") <= installed


def test_the_service_imports_nothing_that_is_the_collector_s_or_the_command_line_s(python: Path) -> None:
    found = roots(loaded(python, SERVICE))
    assert not found & {*FORBIDDEN, "typer", "click", "rich", "pygments", "ssl", "Xlib"}
    assert "grpc" in found


def test_the_helper_imports_no_lists_no_spool_and_no_network(python: Path) -> None:
    modules = loaded(python, HELPER)
    assert not roots(modules) & {
        *FORBIDDEN,
        "lamplighter_keywords",
        "grpc",
        "cryptography",
        "structlog",
        "typer",
        "rich",
        "ssl",
        "tomllib",
    }
    parts = {name.split(".")[1] for name in modules if name.startswith("lamplighter_agent.")}
    assert not parts & {"spool", "delivery", "enrolled", "pipeline", "detection", "service", "config"}


def test_no_list_comes_with_it(python: Path) -> None:
    """A device gets lists in its school's bundle, which it keeps sealed."""
    code = """
from importlib.metadata import distributions
ours = [d for d in distributions() if d.name.startswith("lamplighter")]
print(*(d.locate_file(file) for d in ours for file in d.files), sep="\\n")
"""
    files = [Path(line) for line in run(python, code).splitlines()]
    assert len(files) > 100
    # The words of the notice and of the page are ours, and are read below as all other files.
    notice = {"languages", "pages"}
    lists = [path for path in files if path.suffix in {".toml", ".pack"} and path.parent.name not in notice]
    assert not lists
    phrases = sorted(
        {
            text.lower()
            for one in load_shipped().lists
            for term in one.terms
            for text in term.text
            if term.match is not Mode.WORD and len(text) >= LONG_ENOUGH and text.replace(" ", "").isalpha()
        }
    )
    assert len(phrases) > ENOUGH
    held = "\n".join(path.read_text("utf-8", "replace").lower() for path in files if path.exists())
    # An example in a description, or a theme's name, is no list.
    automaton = ahocorasick_rs.AhoCorasick(phrases)
    found = {nth for nth, _, _ in automaton.find_matches_as_indexes(held, overlapping=True)}
    assert len(found) < ENOUGH / 100


def test_its_command_answers(python: Path) -> None:
    done = subprocess.run(
        [str(python.with_name("lamplighter-agent")), "--help"], capture_output=True, text=True, check=True
    )
    assert all(verb in done.stdout for verb in ("service", "status", "selfcheck"))
