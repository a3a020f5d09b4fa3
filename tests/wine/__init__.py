"""The Windows backends under wine, which is not Windows: `make wine`."""
