"""How Lamplighter reaches machines. Consumes wheels, never the source tree."""
