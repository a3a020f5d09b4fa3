"""Signed lists and policy on the device: received, verified, kept, taken into use."""
