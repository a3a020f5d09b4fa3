"""How lists and policy travel: the signed bundle, its parts, and the packed lists."""
