"""Where this device keeps what it stores, and with what key: for whoever opens it and whoever erases it."""

from lamplighter_agent.backends.select_device import key_store
from lamplighter_agent.config import AgentConfig
from lamplighter_agent.enrolment.ending import Stored


def stored_by(config: AgentConfig) -> Stored:
    """Return the places; nothing is opened or made."""
    return Stored(
        state=config.state,
        spool=config.spool_folder,
        bundles=config.state / "bundles",
        media=config.state / "media",
        counts=config.state / "context.json",
        keys=key_store(config.state / "keys"),
    )
