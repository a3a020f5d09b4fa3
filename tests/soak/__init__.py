"""Tests that run for minutes: `make soak`."""
