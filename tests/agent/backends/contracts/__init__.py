"""Contracts: one suite per port, written against what `backends/ports.py` promises.

A suite never asks which backend it has. It gets a stage (`stages.py`): the backend, and the world around it
that a test moves. `plugged.py` lists the stages of each port; a backend joins with one line there, and with
a stage of its own where no other fits.
"""
