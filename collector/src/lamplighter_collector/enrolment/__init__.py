"""Making a device one of ours: the authority, one-time tokens, certificates."""
