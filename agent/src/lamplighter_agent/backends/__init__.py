"""One operating system's interfaces each, behind the protocols of `ports`."""
