"""The Lamplighter agent: what runs on a school-owned device, in the open."""

__version__ = "0.1.0"
