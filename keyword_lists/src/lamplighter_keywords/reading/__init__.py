"""How a text is read: edits, the fold, words, and the lanes that see through disguises. Pure."""
