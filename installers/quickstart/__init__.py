"""`make demo`: collector, agent and a typist on this machine, with the real parts throughout."""
