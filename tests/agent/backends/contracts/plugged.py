"""Which backends each suite is run against: one line each.

    pytest.param(stages.name, id="what it is")

`marks=pytest.mark.machine` for a stage that changes the machine. Nothing else changes for a new backend.
"""

import pytest
from lamplighter_agent.backends.key_files import KeyFiles
from lamplighter_agent.backends.linux.application import ProcessNames
from lamplighter_agent.backends.linux.atspi_foreground import AtspiForeground
from lamplighter_agent.backends.linux.atspi_text import AtspiText
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.backends.linux.pynput_keys import PynputKeys
from lamplighter_agent.backends.linux.sway_foreground import SwayForeground
from lamplighter_agent.backends.linux.terminal import PtyTerminal
from lamplighter_agent.backends.linux.x11_foreground import X11Foreground
from lamplighter_agent.backends.linux.x11_keys import X11Keys
from lamplighter_agent.backends.macos.ax_foreground import AxForeground
from lamplighter_agent.backends.macos.ax_text import AxText
from lamplighter_agent.backends.macos.event_tap import EventTap
from lamplighter_agent.backends.macos.keychain import KeychainKeyStore
from lamplighter_agent.backends.null import NullNames, NullSource, NullTerminal
from lamplighter_agent.backends.windows.foreground import WindowsForeground
from lamplighter_agent.backends.windows.keys_hook import HookKeys
from lamplighter_agent.backends.windows.secret_field import FocusProbe
from lamplighter_agent.backends.windows.typed_text import WindowsText

from tests.agent.backends.contracts import fake_stages as fake
from tests.agent.backends.contracts import linux_stages as linux
from tests.agent.backends.contracts import macos_media_stages as macos_media
from tests.agent.backends.contracts import macos_stages as macos
from tests.agent.backends.contracts import pending_stages as pending
from tests.agent.backends.contracts import sway_stages as sway
from tests.agent.backends.contracts import wayland_stages as wayland
from tests.agent.backends.contracts import windows_media_stages as windows_media
from tests.agent.backends.contracts import windows_stages as windows
from tests.agent.backends.contracts import world_stages as world
from tests.support.fakes.accessible import FakeAccessible
from tests.support.fakes.box import PretendedBox
from tests.support.fakes.foreground import FakeForeground
from tests.support.fakes.keychain import PretendedKeychain
from tests.support.fakes.keys import FakeKeys
from tests.support.fakes.media import FakeMedia
from tests.support.fakes.terminal import FakeNames

PENDING_PLACES = [
    pytest.param(pending.in_a_file, id="a file"),
    pytest.param(pending.beside_a_profile, id="a file where profiles are"),
    pytest.param(pending.in_the_registry, id="pretended registry"),
]
KEY_SOURCES = [
    pytest.param(fake.keys, id="fake"),
    pytest.param(linux.x11_keys, id="XRecord"),
    pytest.param(linux.pynput_keys, id="pynput"),
    pytest.param(macos.keys, id="pretended Mac"),
]
FOREGROUNDS = [
    pytest.param(fake.foreground, id="fake"),
    pytest.param(linux.x11_foreground, id="EWMH"),
    pytest.param(wayland.atspi_foreground, id="AT-SPI"),
    pytest.param(macos.foreground, id="pretended Mac"),
    pytest.param(windows.foreground, id="pretended Windows"),
]
FIELDS = [
    pytest.param(fake.fields, id="fake"),
    pytest.param(linux.atspi_gtk, id="AT-SPI, GTK 3"),
    pytest.param(linux.atspi_qt, id="AT-SPI, Qt 6"),
    pytest.param(windows.fields, id="Windows' rule, pretended keyboard and focus"),
    pytest.param(macos.fields, id="pretended Mac"),
]
PAGES = [
    pytest.param(fake.pages, id="fake"),
    pytest.param(linux.atspi_pages_of_a_program, id="AT-SPI"),
]
MEDIA = [
    pytest.param(fake.media, id="fake"),
    pytest.param(linux.udev, id="udev", marks=pytest.mark.machine),
    pytest.param(windows_media.media, id="pretended Windows"),
    pytest.param(macos_media.media, id="pretended Mac"),
]
GUARDS = [
    pytest.param(fake.guard, id="fake"),
    pytest.param(world.guard, id="polkit", marks=pytest.mark.machine),
    pytest.param(windows_media.guard, id="pretended Windows"),
    pytest.param(macos_media.guard, id="pretended Mac"),
]
INDICATORS = [
    pytest.param(fake.indicator, id="fake"),
    pytest.param(linux.strip, id="strip"),
    pytest.param(sway.strip, id="strip under sway"),
    pytest.param(wayland.strip_under_mutter, id="strip under mutter"),
    pytest.param(windows.icon, id="Windows' icon, pretended taskbar"),
    pytest.param(macos.indicator, id="pretended Mac"),
    pytest.param(macos.strip, id="pretended Mac, full screen"),
]
TERMINALS = [
    pytest.param(fake.terminal, id="fake"),
    pytest.param(linux.pty, id="pty"),
]
# A terminal backend that knows nothing of this process, which has no terminal window.
KNOW_NOTHING = [
    pytest.param(NullTerminal, id="none"),
    pytest.param(PtyTerminal, id="pty"),
]
NAMES = [
    pytest.param(lambda: FakeNames({}), id="fake"),
    pytest.param(NullNames, id="none"),
    pytest.param(ProcessNames, id="psutil"),
]
_KEYCHAIN = PretendedKeychain()
KEY_STORES = [
    pytest.param(FileKeyStore, id="file"),
    pytest.param(lambda folder: KeyFiles(folder, PretendedBox()), id="sealed, pretended box"),
    pytest.param(lambda folder: KeychainKeyStore(folder, _KEYCHAIN), id="pretended Mac's keychain"),
]

# Where the system that a source needs is missing.
ABSENT = [
    pytest.param(lambda: NullSource("port", "nothing here", "attach one"), id="none"),
    pytest.param(lambda: fake.absent(FakeKeys()), id="fake keys"),
    pytest.param(lambda: fake.absent(FakeForeground()), id="fake windows"),
    pytest.param(lambda: fake.absent(FakeAccessible()), id="fake fields"),
    pytest.param(lambda: fake.absent(FakeMedia()), id="fake media"),
    pytest.param(lambda: X11Keys(":4711"), id="XRecord"),
    pytest.param(lambda: PynputKeys(":4711"), id="pynput"),
    pytest.param(lambda: X11Foreground(":4711"), id="EWMH"),
    pytest.param(lambda: SwayForeground("/nowhere/sway.sock"), id="sway IPC"),
    pytest.param(lambda: AtspiText("unix:path=/nowhere/bus"), id="AT-SPI"),
    pytest.param(lambda: AtspiForeground("unix:path=/nowhere/bus"), id="AT-SPI's windows"),
    pytest.param(WindowsForeground, id="Windows events"),
    pytest.param(HookKeys, id="Windows hook"),
    pytest.param(lambda: WindowsText(HookKeys(), FocusProbe()), id="Windows fields"),
    pytest.param(windows_media.absent, id="pretended Windows' media"),
    pytest.param(macos_media.absent, id="pretended Mac's media"),
    pytest.param(lambda: macos.absent(EventTap), id="pretended Mac's keys"),
    pytest.param(lambda: macos.absent(AxForeground), id="pretended Mac's windows"),
    pytest.param(lambda: macos.absent(AxText), id="pretended Mac's fields"),
]
# Where it ends while the source runs.
DOOMED = [
    pytest.param(fake.doomed_keys, id="fake keys"),
    pytest.param(fake.doomed_foreground, id="fake windows"),
    pytest.param(fake.doomed_fields, id="fake fields"),
    pytest.param(fake.doomed_media, id="fake media"),
    pytest.param(windows_media.doomed, id="pretended Windows' media"),
    pytest.param(macos_media.doomed, id="pretended Mac's media"),
    pytest.param(linux.doomed_x11_keys, id="XRecord"),
    pytest.param(linux.doomed_pynput, id="pynput"),
    pytest.param(linux.doomed_x11_foreground, id="EWMH"),
    pytest.param(sway.doomed_foreground, id="sway IPC"),
    pytest.param(linux.doomed_atspi, id="AT-SPI"),
    pytest.param(wayland.doomed_atspi_foreground, id="AT-SPI's windows"),
    pytest.param(macos.doomed_keys, id="pretended Mac's keys"),
    pytest.param(macos.doomed_foreground, id="pretended Mac's windows"),
    pytest.param(macos.doomed_fields, id="pretended Mac's fields"),
]
