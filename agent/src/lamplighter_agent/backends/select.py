"""Chooses the backends for this machine and session. The only place that asks which platform this is."""

import asyncio
import importlib.util
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from lamplighter_agent.backends.dialog_port import DialogWords, OpenDialog
from lamplighter_agent.backends.null import (
    NullActivity,
    NullIndicator,
    NullNames,
    NullSource,
    NullTerminal,
)
from lamplighter_agent.backends.ports import Activity, DesktopPorts, IndicatorPort, KeySource
from lamplighter_agent.backends.sign import Sign
from lamplighter_agent.errors import BackendUnavailable

__all__ = [
    "activity",
    "after_refusal",
    "desktop_indicator",
    "desktop_ports",
    "dial",
    "open_dialog",
    "run_session",
    "session_environment",
    "until_in_front",
]


def desktop_ports(environment: Mapping[str, str]) -> DesktopPorts:
    """Choose for the session that `environment` describes; nothing is opened yet.

    A port that nothing can fill gets a null backend, which tells its reason when it is started.
    """
    return _choose(environment)


def activity(environment: Mapping[str, str]) -> Activity:
    """Choose what tells whether somebody uses the keyboard of this session."""
    return _activity(environment)


def desktop_indicator(environment: Mapping[str, str], sign: Sign) -> IndicatorPort:
    """Choose the permanent sign of that session; no setting of ours can hide it.

    Where none can be shown it is one that refuses to start, with its reason, and nothing is sensed.
    """
    return _choose_indicator(environment, sign)


def _nothing(reason: str, remedy: str) -> DesktopPorts:
    return DesktopPorts(
        foreground=NullSource("ForegroundWindow", reason, remedy),
        accessible=NullSource("AccessibleText", reason, remedy),
        keys=NullSource("KeySource", reason, remedy),
        terminal=NullTerminal(),
        applications=NullNames(),
    )


_NO_XWAYLAND = "there is no XWayland, and the strip is drawn by it"
_NO_KEYS = "Wayland gives no program another one's keys"

if sys.platform == "linux":
    from lamplighter_agent.backends.linux import _xkbcommon
    from lamplighter_agent.backends.linux._compositor import path_of
    from lamplighter_agent.backends.linux.application import ProcessNames
    from lamplighter_agent.backends.linux.atspi_foreground import AtspiForeground
    from lamplighter_agent.backends.linux.atspi_pages import AtspiPages
    from lamplighter_agent.backends.linux.atspi_text import AtspiText
    from lamplighter_agent.backends.linux.indicator import X11Indicator
    from lamplighter_agent.backends.linux.sway_foreground import SwayForeground
    from lamplighter_agent.backends.linux.terminal import PtyTerminal
    from lamplighter_agent.backends.linux.wayland_indicator import Displays, OverlayIndicator, SwayIndicator
    from lamplighter_agent.backends.linux.x11_activity import X11Activity
    from lamplighter_agent.backends.linux.x11_foreground import X11Foreground
    from lamplighter_agent.backends.linux.x11_keys import X11Keys
    from lamplighter_agent.backends.posix.dialling import dial

    def _choose(environment: Mapping[str, str]) -> DesktopPorts:
        return _choose_wayland(environment) if _is_wayland(environment) else _choose_x11(environment)

    def _is_wayland(environment: Mapping[str, str]) -> bool:
        return bool(environment.get("WAYLAND_DISPLAY") or environment.get("SWAYSOCK"))

    def _choose_indicator(environment: Mapping[str, str], sign: Sign) -> IndicatorPort:
        display = environment.get("DISPLAY")
        if not _is_wayland(environment):
            return X11Indicator(sign, display_name=display)
        if environment.get("SWAYSOCK"):
            return SwayIndicator(sign, display_name=display, path=environment["SWAYSOCK"])
        if not display:
            return NullIndicator(_NO_XWAYLAND, "install xwayland and leave it enabled")
        wayland = path_of(environment["WAYLAND_DISPLAY"], environment.get("XDG_RUNTIME_DIR", ""))
        bus = environment.get("DBUS_SESSION_BUS_ADDRESS", "")
        return OverlayIndicator(sign, Displays(x=display, wayland=wayland, bus=bus))

    def _choose_wayland(environment: Mapping[str, str]) -> DesktopPorts:
        """Text by AT-SPI as everywhere; no key is read, so a terminal is seen by its title alone."""
        sway, bus = environment.get("SWAYSOCK"), environment.get("DBUS_SESSION_BUS_ADDRESS")
        return DesktopPorts(
            # Other compositors tell no ordinary program of the windows: there the programs do.
            foreground=SwayForeground(sway) if sway else AtspiForeground(bus),
            accessible=AtspiText(bus),
            keys=NullSource("KeySource", _NO_KEYS, "of terminals the titles are read"),
            terminal=NullTerminal(),
            applications=ProcessNames(),
            pages=AtspiPages(bus),
        )

    def _choose_x11(environment: Mapping[str, str]) -> DesktopPorts:
        display = environment.get("DISPLAY", "")
        reason, remedy = "there is no X11 display", "start the helper in a graphical session with X11"
        return DesktopPorts(
            foreground=X11Foreground(display) if display else NullSource("ForegroundWindow", reason, remedy),
            accessible=AtspiText(environment.get("DBUS_SESSION_BUS_ADDRESS")),
            keys=_keys(display, _locale(environment)) if display else NullSource("KeySource", reason, remedy),
            terminal=PtyTerminal(),
            applications=ProcessNames(),
            pages=AtspiPages(environment.get("DBUS_SESSION_BUS_ADDRESS")),
        )

    def _keys(display: str, locale: str) -> KeySource:
        """Take pynput, the labelled fallback, only where libxkbcommon is missing and pynput is installed."""
        try:
            _xkbcommon.load()
        except BackendUnavailable:
            if importlib.util.find_spec("pynput") is not None:
                from lamplighter_agent.backends.linux.pynput_keys import PynputKeys  # noqa: PLC0415 - an extra

                return PynputKeys(display)
        return X11Keys(display, locale=locale)

    def _activity(environment: Mapping[str, str]) -> Activity:
        display = environment.get("DISPLAY", "")
        # XWayland is told only the keys that its own windows get.
        return X11Activity(display) if display and not _is_wayland(environment) else NullActivity()

    def _locale(environment: Mapping[str, str]) -> str:
        for name in ("LC_ALL", "LC_CTYPE", "LANG"):
            if environment.get(name):
                return environment[name]
        return "C"

elif sys.platform == "win32":

    def _activity(environment: Mapping[str, str]) -> Activity:  # noqa: ARG001 - nothing to choose from yet
        return NullActivity()

    from lamplighter_agent.backends.windows.application import ImageNames
    from lamplighter_agent.backends.windows.foreground import WindowsForeground
    from lamplighter_agent.backends.windows.icon_or_strip import IconOrStrip
    from lamplighter_agent.backends.windows.indicator import WindowsIndicator, tip
    from lamplighter_agent.backends.windows.keys_hook import HookKeys
    from lamplighter_agent.backends.windows.own_desktop import OwnDesktop
    from lamplighter_agent.backends.windows.pipe import connect_to_parent
    from lamplighter_agent.backends.windows.secret_field import FocusProbe
    from lamplighter_agent.backends.windows.strip_window import StripWindow
    from lamplighter_agent.backends.windows.tray_icon import TrayIcon
    from lamplighter_agent.backends.windows.typed_text import WindowsText

    async def dial(protocol: asyncio.Protocol, path: Path) -> None:
        """Connect to the pipe of the service, which started us."""
        await connect_to_parent(str(path), protocol)

    def _choose(environment: Mapping[str, str]) -> DesktopPorts:  # noqa: ARG001 - a process has one session
        reason = "whether a console shows what is typed can't be asked: its title is read, its keys are not"
        return DesktopPorts(
            foreground=WindowsForeground(),
            accessible=WindowsText(HookKeys(), FocusProbe()),
            keys=NullSource("KeySource", reason, "none is needed"),
            terminal=NullTerminal(),
            applications=ImageNames(),
        )

    def _choose_indicator(
        environment: Mapping[str, str],  # noqa: ARG001 - a process has one session
        sign: Sign,
    ) -> IndicatorPort:
        off = tip(sign.organisation, on=False)
        icon = IconOrStrip(TrayIcon(), StripWindow(), tip=off, in_front=OwnDesktop().in_front)
        return WindowsIndicator(icon, sign)

elif sys.platform == "darwin":
    from lamplighter_agent.backends.macos import choice, front_gate, main_loop
    from lamplighter_agent.backends.macos._alert import Alert
    from lamplighter_agent.backends.macos.activity import MacActivity
    from lamplighter_agent.backends.macos.alerts import AlertDialog
    from lamplighter_agent.backends.macos.opening import open_application, open_system
    from lamplighter_agent.backends.macos.preferred_language import preferred_language
    from lamplighter_agent.backends.posix.dialling import dial

    def run_session(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
        """Run the helper's work beside Cocoa's loop, which has the main thread."""
        return main_loop.run_session(work, open_application)

    def session_environment() -> dict[str, str]:
        """Return our environment, with the language that the person has chosen."""
        language = preferred_language(os.path.expanduser("~"), os.getuid())  # noqa: PTH111 - one word
        return dict(os.environ) | ({"LANG": language} if language else {})

    def open_dialog(words: DialogWords) -> OpenDialog:
        """Show a dialog in the session of this process; raise BackendUnavailable where none can be shown."""
        return AlertDialog(words, Alert)

    async def until_in_front() -> None:
        """Wait until this session is in front of the screen."""
        await front_gate.until_in_front(open_system)

    async def after_refusal() -> None:
        """Wait: launchd starts another one as soon as this one ends."""
        await front_gate.after_refusal()

    def _activity(environment: Mapping[str, str]) -> Activity:  # noqa: ARG001 - a process has one session
        return MacActivity()

    def _choose(environment: Mapping[str, str]) -> DesktopPorts:  # noqa: ARG001 - a process has one session
        return choice.ports(open_system)

    def _choose_indicator(
        environment: Mapping[str, str],  # noqa: ARG001 - a process has one session
        sign: Sign,
    ) -> IndicatorPort:
        return choice.indicator(sign, open_system)

else:

    def _activity(environment: Mapping[str, str]) -> Activity:  # noqa: ARG001 - nothing to choose from yet
        return NullActivity()

    async def dial(_protocol: asyncio.Protocol, _path: Path) -> None:
        """There is no service to connect to here yet."""
        raise ConnectionRefusedError(f"not built for {sys.platform} yet")

    def _choose(environment: Mapping[str, str]) -> DesktopPorts:  # noqa: ARG001 - nothing to choose from yet
        return _nothing(f"not built for {sys.platform} yet", "use a device with Linux and X11")

    def _choose_indicator(
        environment: Mapping[str, str],  # noqa: ARG001
        sign: Sign,  # noqa: ARG001
    ) -> IndicatorPort:
        return NullIndicator(f"not built for {sys.platform} yet", "use a device with Linux and X11 or sway")


if sys.platform != "darwin":

    def run_session(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
        """Run the helper's work, in this thread."""
        return asyncio.run(work())

    def session_environment() -> dict[str, str]:
        """Return what the service has told us."""
        return dict(os.environ)

    def open_dialog(words: DialogWords) -> OpenDialog:  # noqa: ARG001 - the signature is every platform's
        """Raise: dialogs are shown by other programs here, or not at all."""
        raise BackendUnavailable("dialog", "none is shown by this program here", "none is needed")

    async def until_in_front() -> None:
        """The service starts a helper only in a session that is in front."""

    async def after_refusal() -> None:
        """The service starts nobody that it would refuse."""
