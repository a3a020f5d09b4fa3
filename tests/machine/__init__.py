"""An emulated computer with a booted systemd and USB: ``make machine``."""
