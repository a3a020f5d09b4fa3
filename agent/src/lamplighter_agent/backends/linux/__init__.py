"""Linux implementations of the ports."""
