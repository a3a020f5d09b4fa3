"""macOS implementations of the ports."""
