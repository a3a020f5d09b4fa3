"""Devices: who delivers, as their certificate says."""
