"""Where Linux has the files of a service."""

from lamplighter_agent.backends.places import Places

PLACES = Places(
    config="/etc/lamplighter/agent.toml", state="/var/lib/lamplighter", runtime="/run/lamplighter"
)
