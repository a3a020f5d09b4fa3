"""The MSI of the agent: what is in it, its tables, its signature. Built on Linux; see README.md here."""
