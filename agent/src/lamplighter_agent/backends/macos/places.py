"""Where a Mac has the files of this service: what `installers/macos` says."""

from lamplighter_agent.backends.places import Places

PLACES = Places(
    config="/Library/Lamplighter/agent.toml",
    state="/Library/Lamplighter/state",
    runtime="/Library/Lamplighter/run",
)
