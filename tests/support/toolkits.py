"""Programs of each toolkit with a secret field and an ordinary one, opened on a real desktop.

The title of each tells how many characters its fields hold.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from installers.quickstart.virtual_desktop.desktop import Desktop, Window

PROGRAMS = Path(__file__).parent.parent / "journeys" / "programs"
FLAG_FILE = Path(__file__).parents[2] / "installers" / "linux" / "chromium.d" / "lamplighter"
# Where GObject's bindings are: Debian's own interpreter.
SYSTEM_PYTHON = "/usr/bin/python3"
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
)
PREFERENCES = """user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.normandy.enabled", false);
user_pref("signon.rememberSignons", false);
user_pref("network.captive-portal-service.enabled", false);
"""


def managed_flags(before: str = "") -> list[str]:
    """Return Chromium's flags as its start script has them after reading the installer's file."""
    words = ["sh", "-euc", '. "$1"; printf %s "$CHROMIUM_FLAGS"', "sh", str(FLAG_FILE)]
    return subprocess.check_output(words, env={"CHROMIUM_FLAGS": before}, text=True).split()


def _copied(desktop: Desktop, name: str) -> str:
    """Copy one of our programs to where the desktop's user can read it."""
    copy = desktop.home / name
    shutil.copy(PROGRAMS / name, copy)
    copy.chmod(0o644)
    return str(copy)


def _joined(desktop: Desktop, window: Window) -> Window:
    desktop._await_accessible(window)
    return window


def _gtk(version: str) -> Callable[[Desktop], Window]:
    def opened(desktop: Desktop) -> Window:
        command = [SYSTEM_PYTHON, _copied(desktop, "gtk_fields.py"), version, "fields"]
        return _joined(desktop, desktop.open_window(command, "fields 0 0"))

    return opened


def _qt(desktop: Desktop) -> Window:
    command = [sys.executable, _copied(desktop, "qt_fields.py"), "fields"]
    return _joined(desktop, desktop.open_window(command, "fields 0 0"))


def _xterm(desktop: Desktop) -> Window:
    script = _copied(desktop, "terminal_fields.sh")
    return desktop.open_window(["xterm", "-e", "bash", script, "fields"], "fields 0 0")


def _firefox(desktop: Desktop) -> Window:
    profile = desktop.home / "firefox"
    profile.mkdir(exist_ok=True)
    (profile / "user.js").write_text(PREFERENCES)
    page = f"file://{_copied(desktop, 'fields.html')}"
    command = ["firefox-esr", "--no-remote", "--profile", str(profile), page]
    title = "fields 0 0 — Mozilla Firefox"
    return _joined(desktop, desktop.open_window(command, title, stdout=subprocess.DEVNULL))


def open_chromium(desktop: Desktop, *flags: str) -> Window:
    """Open Chromium's fields; whether it tells accessibility of them is not waited for."""
    page = f"--app=file://{_copied(desktop, 'fields.html')}"
    command = ["chromium", *CHROMIUM, *flags, f"--user-data-dir={desktop.home / 'chromium'}", page]
    return desktop.open_window(command, "fields 0 0", stdout=subprocess.DEVNULL)


def _chromium(*flags: str) -> Callable[[Desktop], Window]:
    return lambda desktop: _joined(desktop, open_chromium(desktop, *flags))


TOOLKITS: dict[str, Callable[[Desktop], Window]] = {
    "GTK 3": _gtk("3.0"),
    "GTK 4": _gtk("4.0"),
    "Qt 6": _qt,
    "Firefox": _firefox,
    "Chromium with the flag": _chromium(*managed_flags()),
    "Chromium without it": _chromium(),
    "xterm": _xterm,
}
