"""Looks for every fault that a device may have, and says of each why it matters and what helps."""
