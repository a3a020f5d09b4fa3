"""The pages.

They read through the review services, decide nothing, and never show words without an audit row.
"""
