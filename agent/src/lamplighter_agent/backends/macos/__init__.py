"""macOS implementations of the ports: typed, run only against a pretended Mac, not proven."""
