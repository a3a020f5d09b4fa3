"""From ports to observations: which source is read for which field, and what is never read."""
