"""A desktop of its own: X server, window manager, buses, and windows to type into."""
