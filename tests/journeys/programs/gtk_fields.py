"""A GTK window with a secret and a plain entry, for the system's Python: `gtk_fields.py 3.0|4.0 NAME`.

Its title tells how many characters each holds, so that a test knows that keys have arrived.
"""

import sys
from typing import Any

import gi

gi.require_version("Gtk", sys.argv[1])
from gi.repository import GLib, Gtk  # noqa: E402 - the version is chosen first


def main() -> None:
    """Show both entries until the window closes; the password has the focus."""
    old = sys.argv[1] == "3.0"
    name = sys.argv[2]
    if old:
        Gtk.init([])
        window: Any = Gtk.Window(title=name)
    else:
        Gtk.init()
        window = Gtk.Window()
    secret, plain = Gtk.Entry(), Gtk.Entry()
    secret.set_visibility(False)
    secret.set_input_purpose(Gtk.InputPurpose.PASSWORD)
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)

    def tell(*_: object) -> None:
        window.set_title(f"{name} {len(secret.get_text())} {len(plain.get_text())}")

    for entry in (secret, plain):
        box.add(entry) if old else box.append(entry)
        entry.connect("changed", tell)
    window.add(box) if old else window.set_child(box)
    tell()
    window.show_all() if old else window.present()
    secret.grab_focus()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
