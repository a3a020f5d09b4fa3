"""``make shells``: what was proven under the real shells of GNOME and KDE, beside `make test`."""
