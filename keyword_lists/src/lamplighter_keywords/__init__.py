"""Safeguarding keyword lists and the matcher that reads them."""
