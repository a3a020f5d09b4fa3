"""What the collector sends of portable media is taken; what is refused changes nothing and is told of."""

from pathlib import Path

from lamplighter_agent.backends.linux.keystore import FileKeyStore
from lamplighter_agent.media.memory import MediaMemory
from lamplighter_keywords.bundles.envelope import PrivateKey
from lamplighter_keywords.media.unlock import SECRET_BYTES
from lamplighter_protos.v1.bundles_pb2 import BundleOffer

from tests.agent.media.samples import NOW, PERMISSION, root_of
from tests.agent.media.test_permissions import ROOT, SIGNER, signed
from tests.support.clock import SteppedClock


def opened(folder: Path) -> MediaMemory:
    keys = FileKeyStore(folder / "keys")
    memory = MediaMemory.opened(folder / "media", keys, identity="AV-1", clock=SteppedClock())
    memory.begin(ROOT)
    return memory


def test_a_register_and_a_secret_are_taken_and_outlive_a_restart(tmp_path: Path) -> None:
    memory, changes = opened(tmp_path), []
    memory.changed = lambda: changes.append(memory.version)
    memory.follow(BundleOffer(media_register=signed(4), unlock_secret=bytes(SECRET_BYTES)), ROOT)
    assert changes == [4]
    again = opened(tmp_path)
    assert again.version == 4
    assert again.unlocking.may_try(PERMISSION.medium, NOW)
    assert again.permissions.of(PERMISSION.medium)


def test_what_is_refused_changes_nothing_and_a_new_root_counts_at_once(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.follow(BundleOffer(media_register=signed(4)), ROOT)
    memory.follow(BundleOffer(media_register=b"rubbish"), ROOT)
    assert (memory.version, memory.permissions.problem) == (4, "bundle-malformed")
    new = PrivateKey.generate()
    memory.follow(BundleOffer(media_register=signed(5, signer=new)), root_of(SIGNER, new))
    assert memory.version == 5
    memory.follow(BundleOffer(), root_of(SIGNER))
    assert memory.version == 0
