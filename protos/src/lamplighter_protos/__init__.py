"""The messages that Lamplighter's processes exchange."""
