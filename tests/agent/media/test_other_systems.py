"""The gate with the watches and guards of Windows and macOS: from put in to released, and taken back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.backends.macos.media import MacMedia
from lamplighter_agent.backends.macos.media_guard import MountGuard
from lamplighter_agent.backends.media_ports import MediaGuard, MediaWatch
from lamplighter_agent.backends.windows.media import WindowsMedia
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.errors import BackendUnavailable
from lamplighter_agent.media.gate import MediaGate
from lamplighter_agent.media.memory import MediaMemory
from lamplighter_agent.media.scan.outcome import ScanOutcome
from lamplighter_agent.media.stay import GatePorts, Person
from lamplighter_keywords.bundles.envelope import PrivateKey
from lamplighter_keywords.media.permission import person_mark
from lamplighter_keywords.policy.device_policy import MediaMode, MediaRules
from lamplighter_protos.v1 import detection_pb2 as pb

from tests.agent.backends.contracts.macos_media_stages import keeper_of
from tests.agent.backends.contracts.windows_media_stages import guard_of
from tests.agent.media.samples import CLEAN, INFECTED, ORGANISATION, root_of
from tests.support.clock import SteppedClock
from tests.support.fakes.mac_media import PretendedMac
from tests.support.fakes.media_scanner import FakeScanner
from tests.support.fakes.windows_media import VOLUME, PretendedMedia
from tests.support.sensed import eventually

WHO, OTHER = "wren", "ash"


@dataclass(frozen=True, slots=True)
class System:
    """A pretended system with its backends, and somebody who tries to use the stick."""

    watch: MediaWatch
    guard: MediaGuard
    put_in: Callable[[], None]
    take_out: Callable[[], None]
    may_use: Callable[[str], str]


@asynccontextmanager
async def windows() -> AsyncIterator[System]:
    made = PretendedMedia(WHO, OTHER)
    yield System(
        WindowsMedia(made, made),
        guard_of(made),
        made.put_in,
        made.take_out,
        lambda account: made.may_use(VOLUME, account),
    )


@asynccontextmanager
async def mac() -> AsyncIterator[System]:
    with TemporaryDirectory() as folder:
        made = PretendedMac(Path(folder), WHO, OTHER)
        keeper = keeper_of(made)
        yield System(
            MacMedia(made, made),
            MountGuard(made, made, keeper, refusing=lambda: made.is_on),
            made.put_in,
            made.take_out,
            lambda account: made.may_use("disk4s1", account),
        )
        keeper.close()


@asynccontextmanager
async def running(
    system: System, folder: Path, scanner: FakeScanner, found: list[Detection]
) -> AsyncIterator[MediaGate]:
    """Run watch and gate as the service does, for one pupil who may use anything after a clean scan."""
    clock, rules = SteppedClock(), MediaRules(without_permission=MediaMode.RECORD)
    speaker = Speaker(user=WHO, kind=pb.USER_KIND_PUPIL, session=1)
    person = Person(speaker=speaker, session=None, mark=person_mark(ORGANISATION, WHO), group="pupil")
    memory = MediaMemory.opened(folder / "media", FileKeyStore(folder / "keys"), identity="AV-1", clock=clock)
    memory.begin(root_of(PrivateKey.generate()))
    ports = GatePorts(
        person=lambda: person,
        people=lambda: 1,
        rules=lambda _: rules,
        limits=lambda: None,
        counts=lambda _theme, _severity: True,
        found=found.append,
        tell=lambda _medium, _told: None,
        gone=lambda _: None,
        changed=lambda: None,
    )
    gate = MediaGate(system.guard, scanner, memory, clock=clock, ports=ports)
    broken: list[BackendUnavailable] = []
    await system.watch.start(gate.changed, broken.append)
    keeping = asyncio.create_task(gate.run())
    yield gate
    keeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await keeping
    await system.watch.stop()
    assert not broken


@pytest.mark.parametrize("system", [windows, mac])
@pytest.mark.parametrize(("outcome", "use"), [(CLEAN, "rw"), (INFECTED, "")])
async def test_a_stick_is_used_only_after_a_clean_scan_by_its_person_until_the_end(
    system: Callable[[], contextlib.AbstractAsyncContextManager[System]],
    outcome: ScanOutcome,
    use: str,
    tmp_path: Path,
) -> None:
    scanner, found = FakeScanner(outcome), list[Detection]()
    async with system() as device:
        async with running(device, tmp_path, scanner, found) as gate:
            scanner.go_on.clear()
            device.put_in()
            await eventually(lambda: scanner.scanned, "the scan")
            assert device.may_use(WHO) == ""
            scanner.go_on.set()
            await eventually(lambda: [one.receipt for one in found if one.receipt is not None], "the receipt")
            await eventually(lambda: device.may_use(WHO) == use, f"what {use!r} allows")
            assert device.may_use(OTHER) == ""
            assert len(scanner.scanned) == 1
            device.take_out()
            await eventually(lambda: not gate.described(), "the removal")
            device.put_in()
            await eventually(lambda: len(scanner.scanned) == 2, "another scan")
            await eventually(lambda: device.may_use(WHO) == use, f"what {use!r} allows")
        assert device.may_use(WHO) == ""
