"""What both processes ask of the system before they read a word."""

from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.backends.select_process import die_with_parent, harden, swap_forbidden

__all__ = ["Hardening", "die_with_parent", "harden", "swap_forbidden"]
