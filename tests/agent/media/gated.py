"""A gate with stand-ins for what surrounds it."""

from pathlib import Path

from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.backends.media_ports import MediaChange, Medium
from lamplighter_agent.detection import Detection, Speaker
from lamplighter_agent.media.gate import MediaGate
from lamplighter_agent.media.memory import MediaMemory
from lamplighter_agent.media.rules import Reason, Step
from lamplighter_agent.media.scan.outcome import ScanLimits
from lamplighter_agent.media.stay import GatePorts, Person, Told
from lamplighter_keywords.bundles.envelope import PrivateKey
from lamplighter_keywords.media.permission import Access, Permission, person_mark
from lamplighter_keywords.media.register import Register
from lamplighter_keywords.policy.device_policy import MediaRules
from lamplighter_protos.v1 import detection_pb2 as pb
from lamplighter_protos.v1.bundles_pb2 import BundleOffer

from tests.agent.media.samples import (
    CLEAN,
    NOW,
    ORGANISATION,
    RULES,
    root_of,
)
from tests.support.clock import SteppedClock
from tests.support.fakes.media import STICK
from tests.support.fakes.media_guard import FakeGuard
from tests.support.fakes.media_scanner import FakeScanner
from tests.support.sensed import eventually

NODE = STICK.volumes[0].node
SIGNER = PrivateKey.generate()
ROOT = root_of(SIGNER)


def somebody(user: str = "wren", group: str = "pupil") -> Person:
    kind = pb.USER_KIND_STAFF if group == "staff" else pb.USER_KIND_PUPIL
    mark = person_mark(ORGANISATION, user)
    return Person(speaker=Speaker(user=user, kind=kind, session=1), session=None, mark=mark, group=group)


class World:
    """A gate with stand-ins for what surrounds it, and what came of it."""

    def __init__(self, folder: Path) -> None:
        self.clock = SteppedClock()
        self.guard = FakeGuard()
        self.scanner = FakeScanner(CLEAN)
        self.signed_in: Person | None = somebody()
        self.people = 1
        self.rules: MediaRules | None = RULES
        self.limits: ScanLimits | None = None
        self.counts = True
        self.found: list[Detection] = []
        self.told: list[tuple[Medium, Told]] = []
        self.versions = 0
        # What `status` said of the one that is in.
        self.shown: set[tuple[str, str]] = set()
        keys = FileKeyStore(folder / "keys")
        self.memory = MediaMemory.opened(folder / "media", keys, identity="AV-1", clock=self.clock)
        self.memory.begin(ROOT)
        self.ports = GatePorts(
            person=lambda: self.signed_in,
            people=lambda: self.people,
            rules=lambda _: self.rules,
            limits=lambda: self.limits,
            counts=lambda _theme, _severity: self.counts,
            found=self.found.append,
            tell=lambda medium, told: self.told.append((medium, told)),
            gone=lambda _: None,
            changed=lambda: self.shown.update((one["step"], one["reason"]) for one in self.gate.described()),
        )
        self.gate = MediaGate(self.guard, self.scanner, self.memory, clock=self.clock, ports=self.ports)

    def permit(self, *permissions: Permission) -> None:
        self.versions += 1
        register = Register(
            organisation=ORGANISATION,
            version=self.versions,
            created=NOW,
            expires=NOW + 30 * 86_400_000,
            permissions=permissions,
        )
        self.memory.follow(BundleOffer(media_register=register.seal(SIGNER)), ROOT)
        self.gate.look()

    def put_in(self, medium: Medium = STICK) -> None:
        self.gate.changed(MediaChange(medium=medium, present=True, route="fake"))

    def take_out(self, medium: Medium = STICK) -> None:
        self.gate.changed(MediaChange(medium=medium, present=False, route="fake"))

    @property
    def last(self) -> tuple[str, str]:
        (one,) = self.gate.described()
        return one["step"], one["reason"]

    @property
    def receipts(self) -> list[pb.MediaReceipt]:
        return [one.receipt for one in self.found if one.receipt is not None]

    @property
    def themes(self) -> list[str]:
        return [one.theme for one in self.found if one.theme]

    async def until(self, step: Step, reason: Reason) -> None:
        await eventually(lambda: self.last == (step.name.lower(), reason.value), f"{step} {reason}")

    async def released(self, access: Access = Access.READ_WRITE) -> None:
        wanted = {(NODE, "wren"): access is Access.READ_WRITE}
        await eventually(lambda: self.guard.released == wanted, "the release")
