"""Windows implementations of the ports."""
