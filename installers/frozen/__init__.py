"""The programs of a distribution with a Python of their own, in one folder: what the packages carry.

`python -m installers.frozen agent OUT` makes OUT/lamplighter-agent, which needs no Python on the device.
"""
