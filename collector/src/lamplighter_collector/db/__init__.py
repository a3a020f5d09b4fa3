"""The store: tables, engines, migrations. Knows nothing of gRPC or of web pages."""
