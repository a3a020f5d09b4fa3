"""Contracts: one suite per port, for the fake and for every real backend."""
