"""Backends of Windows: what needs no Windows is tried here, with stand-ins at the edge of the system."""
