"""The first run of a collector."""
