"""The wire: mutual TLS, streams, limits. Translates to and from the ingest domain and decides nothing."""
