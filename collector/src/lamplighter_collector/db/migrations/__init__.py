"""The steps of the schema, run by Alembic in their order."""
