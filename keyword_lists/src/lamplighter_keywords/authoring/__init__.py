"""What editors work with: the format of lists, phrases and patterns, and lint."""
