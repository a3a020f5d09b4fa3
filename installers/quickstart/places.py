"""Where the demo keeps what it makes, so that a second run finds it again."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import lamplighter_collector

MIGRATIONS = Path(lamplighter_collector.__file__).parent / "db" / "migrations" / "versions"
ROOT_STATE = Path("/var/lib/lamplighter-demo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The demo's folders. As root they are root-owned and readable by the pupil's account where needed."""

    base: Path

    @property
    def agent(self) -> Path:
        """The installed agent: an environment made of wheels, never a checkout."""
        return self.base / "agent"

    @property
    def agent_state(self) -> Path:
        return self.base / "agent-state"

    @property
    def agent_runtime(self) -> Path:
        return self.base / "agent-run"

    @property
    def collector_state(self) -> Path:
        return self.base / "collector"

    @property
    def logs(self) -> Path:
        return self.base / "logs"


def places() -> Places:
    """Return the demo's places, made if missing. STATE=folder in the environment puts them elsewhere."""
    if "STATE" in os.environ:
        base = Path(os.environ["STATE"]).absolute()
    elif os.getuid() == 0:
        base = ROOT_STATE
    else:
        state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
        base = Path(state) / "lamplighter-demo"
    found = Places(base=base)
    base.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)
    _begin_anew_after_a_change(found)
    for private in (found.collector_state, found.logs):
        private.mkdir(exist_ok=True)
        private.chmod(0o700)
    # The agent guards what is inside its state itself; its status is for everybody to read.
    for public in (found.agent_state, found.agent_runtime):
        public.mkdir(exist_ok=True)
        public.chmod(0o755)
    return found


def _begin_anew_after_a_change(found: Places) -> None:
    """Drop the demo's own store where the schema is another one than when it was made."""
    schema = hashlib.sha256(
        b"".join(file.read_bytes() for file in sorted(MIGRATIONS.glob("*.py")))
    ).hexdigest()
    made_with = found.base / "schema"
    if not made_with.exists() or made_with.read_text() != schema:
        shutil.rmtree(found.collector_state, ignore_errors=True)
        made_with.write_text(schema)
