"""The socket between session helper and service."""
