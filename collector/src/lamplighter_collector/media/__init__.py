"""Portable media: who may use which, what is lent, what people asked for, and what scans came to."""
