"""How this device became the school's own, how it stays so, and what happens when it no longer is."""
