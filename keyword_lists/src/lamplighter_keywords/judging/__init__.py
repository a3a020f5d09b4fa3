"""How grave a match is: what surrounds it, and the steps of its severity. Pure."""
