"""Labelled titles and typed texts, written to find out how true the alerts are, and how they are scored."""
