"""Chooses the backends that the service uses, for this machine. No display code is loaded here."""

import sys
from collections.abc import Callable
from pathlib import Path

from lamplighter_agent.backends.battery import battery
from lamplighter_agent.backends.logins import LoginManager
from lamplighter_agent.backends.media_ports import FileCheck, LaterCheck, MediaGuard, MediaScanner, MediaWatch
from lamplighter_agent.backends.pending_port import PendingPlace
from lamplighter_agent.backends.ports import KeyStore, ProcessCondition

__all__ = [
    "battery",
    "begin_anew",
    "condition_of",
    "end_sessions",
    "group_members",
    "groups_named",
    "key_store",
    "later_check",
    "login_manager",
    "machine_facts",
    "make_state_folder",
    "media_guard",
    "media_rules",
    "media_scanner",
    "media_watch",
    "pending_place",
    "run_service",
    "unit_problem",
]

if sys.platform == "linux":
    from lamplighter_agent.backends.linux.keystore import FileKeyStore
    from lamplighter_agent.backends.linux.machine import machine_facts
    from lamplighter_agent.backends.linux.media import UdevMedia
    from lamplighter_agent.backends.linux.process_condition import condition_of
    from lamplighter_agent.backends.linux.session_end import end_sessions
    from lamplighter_agent.backends.linux.unit import unit_problem
    from lamplighter_agent.backends.posix.groups import group_members, groups_named
    from lamplighter_agent.backends.posix.serving import begin_anew, run_service
    from lamplighter_agent.backends.posix.state_folder import make_state_folder

    def key_store(folder: Path) -> KeyStore:
        """Choose what keeps the device's key."""
        return FileKeyStore(folder)

    def media_watch() -> MediaWatch:
        """Choose what tells of portable media."""
        return UdevMedia()

    def media_guard(check: FileCheck | None = None, refused: Callable[[], None] = lambda: None) -> MediaGuard:
        """Choose what keeps portable media from being used.

        `check` judges files of a released medium that were written later, when they are opened; `refused` is
        called for each that may not be.
        """
        from lamplighter_agent.backends.linux.media_guard import PolkitGuard  # noqa: PLC0415 - only where asked for

        return PolkitGuard(check=check, refused=refused)

    async def media_rules() -> None:
        """Look whether media are held also while no service runs; raises BackendUnavailable."""
        from lamplighter_agent.backends.linux._gate_check import in_place  # noqa: PLC0415 - only where asked for

        await in_place()

    def media_scanner(clamd: Path | None = None, rules: Path | None = None) -> MediaScanner:
        """Choose what looks through portable media for malware.

        `clamd` is its socket where that is elsewhere, `rules` a folder of YARA rules of the school.
        """
        from lamplighter_agent.backends.linux.media_scanner import CLAMD, ClamavScanner  # noqa: PLC0415 - only where asked for

        return ClamavScanner(clamd=clamd or CLAMD, rules=rules)

    def later_check(clamd: Path | None = None, rules: Path | None = None) -> LaterCheck | None:
        """Choose what judges files that are written to a released medium; as `media_scanner`."""
        from lamplighter_agent.backends.linux.media_later import LaterFiles  # noqa: PLC0415 - only where asked for

        return LaterFiles(rules=rules) if clamd is None else LaterFiles(clamd, rules=rules)

    def pending_place(config: Path) -> PendingPlace:
        """Choose where a technician leaves what this device shall enrol with."""
        from lamplighter_agent.backends.posix.pending_file import PendingFile  # noqa: PLC0415 - only where asked for

        return PendingFile(config)

    def login_manager() -> LoginManager | None:
        """Choose what tells of sessions."""
        from lamplighter_agent.backends.linux.logind import Logind  # noqa: PLC0415 - only where asked for

        return Logind()

else:

    async def end_sessions(uid: int) -> bool:  # noqa: ARG001 - the signature is every platform's
        """Nothing ends a session here yet."""
        return False

    def unit_problem() -> str:
        """Nothing is asked here: the system's own tools say whether the service starts."""
        return ""

    def login_manager() -> LoginManager | None:
        """Nothing tells of sessions here yet."""
        return None

    if sys.platform == "win32":
        from lamplighter_agent.backends.key_files import KeyFiles
        from lamplighter_agent.backends.windows import media_windows as portable
        from lamplighter_agent.backends.windows._machine import machine_facts
        from lamplighter_agent.backends.windows.account_names import groups_named
        from lamplighter_agent.backends.windows.dpapi import Dpapi
        from lamplighter_agent.backends.windows.folder_access import make_folder as make_state_folder
        from lamplighter_agent.backends.windows.service_shell import begin_anew, run_service

        def group_members(_group: str) -> int:
            """No group stands between helper and service here."""
            return 0

        def condition_of(_pid: int) -> ProcessCondition:
            """Nothing is known of other processes here yet."""
            return ProcessCondition.FINE

        def key_store(folder: Path) -> KeyStore:
            """Choose what keeps the device's key."""
            return KeyFiles(folder, Dpapi())

        def pending_place(config: Path) -> PendingPlace:  # noqa: ARG001 - it is in the registry
            """Choose where a technician leaves what this device shall enrol with."""
            from lamplighter_agent.backends.windows._registry import DeviceRegistry  # noqa: PLC0415 - only where asked for
            from lamplighter_agent.backends.windows._registry_access import KeyAccess  # noqa: PLC0415
            from lamplighter_agent.backends.windows.pending_registry import PendingRegistry  # noqa: PLC0415

            return PendingRegistry(DeviceRegistry(), KeyAccess())

    else:
        from lamplighter_agent.backends.macos import media_mac as portable
        from lamplighter_agent.backends.macos._keychain import SystemKeychain
        from lamplighter_agent.backends.macos.keychain import KeychainKeyStore
        from lamplighter_agent.backends.macos.machine import machine_facts
        from lamplighter_agent.backends.macos.process_condition import condition_of
        from lamplighter_agent.backends.posix.groups import group_members, groups_named
        from lamplighter_agent.backends.posix.serving import begin_anew, run_service
        from lamplighter_agent.backends.posix.state_folder import make_state_folder

        def key_store(folder: Path) -> KeyStore:
            """Choose what keeps the device's key."""
            return KeychainKeyStore(folder, SystemKeychain())

        def pending_place(config: Path) -> PendingPlace:
            """Choose where a technician leaves what this device shall enrol with."""
            from lamplighter_agent.backends.macos.pending_managed import ManagedEnrolment  # noqa: PLC0415

            return ManagedEnrolment(config)

    def media_watch() -> MediaWatch:
        """Choose what tells of portable media."""
        return portable.watch()

    def media_guard(
        check: FileCheck | None = None,  # noqa: ARG001 - what is written later is the system's own matter
        refused: Callable[[], None] = lambda: None,  # noqa: ARG001
    ) -> MediaGuard:
        """Choose what keeps portable media from being used."""
        return portable.guard()

    async def media_rules() -> None:
        """Nothing to look at: here the service holds media, so one has to run."""

    def media_scanner(
        clamd: Path | None = None,  # noqa: ARG001 - settings of Linux so far
        rules: Path | None = None,  # noqa: ARG001
    ) -> MediaScanner:
        """Choose what looks through portable media for malware."""
        return portable.scanner()

    def later_check(
        clamd: Path | None = None,  # noqa: ARG001 - as above
        rules: Path | None = None,  # noqa: ARG001
    ) -> LaterCheck | None:
        """Nothing of ours judges single files here: Windows has Defender, a Mac has nothing."""
        return None
