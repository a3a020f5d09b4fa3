"""Version 1 of the messages. Generated files are committed and never edited: `make protos`."""
