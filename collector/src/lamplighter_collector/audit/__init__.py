"""Who looked at what, who decided what, and why: rows that are chained so that a change shows."""
