"""Portable media: what came, whether it may be used, its scan, and what people are told."""
