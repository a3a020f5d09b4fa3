"""Signed bundles: what this school's devices look for and how, published, rotated and handed out."""
