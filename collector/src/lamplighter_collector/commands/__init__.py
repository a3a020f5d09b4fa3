"""One module per group of verbs of the command line; each answers on standard output."""
