"""Portable media, where device and collector must agree: who a medium is, permissions, unlock codes."""
