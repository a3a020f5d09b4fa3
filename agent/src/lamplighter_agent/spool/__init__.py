"""The sealed offline store."""
