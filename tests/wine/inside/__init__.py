"""What runs inside wine, started by `tests.wine`."""
