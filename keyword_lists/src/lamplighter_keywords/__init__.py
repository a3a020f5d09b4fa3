"""Safeguarding keyword lists and the matcher that reads them.

`shipped.load_shipped` or `loading.load_folder` gives a `KeywordPack`; `matcher.Matcher` finds its terms in
a text. Nothing here reads a screen, keeps a text or talks to a network.
"""
