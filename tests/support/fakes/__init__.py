"""One fake per port of the agent's backends; each passes the contract of its port where there is one."""
